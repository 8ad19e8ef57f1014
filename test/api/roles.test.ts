import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { LiveTestClient } from '../support/live-client.js';

/**
 * Seen to fail: with an identity that is not looked up again, a new permission came a minute too late; without the trigger,
 * SQL took * from the role admin.
 */
interface Role {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly isBuiltIn: boolean;
  readonly isActive: boolean;
  readonly version: number;
}

let app: TestApp;
let root: TestUser;
let admin: Client;
const open: LiveTestClient[] = [];
let made = 0;

beforeAll(async () => {
  app = await startTestApp();
  root = await app.user('admin', 'root');
  admin = new Client(app.url, root);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(() => app.close());

async function newRole(permissions: readonly string[]): Promise<Role> {
  const { status, body } = await admin.post<Role>('/roles', { name: `role-${(made += 1)}`, permissions });
  expect(status).toBe(201);
  return body.data;
}

async function roleNamed(name: string): Promise<Role> {
  return (await admin.get<Role[]>(`/roles?name=${name}`)).body.data[0]!;
}

const patched = (id: string, patch: object): ReturnType<typeof admin.patch<Role>> => admin.patch(`/roles/${id}`, patch);
const statusOf = async (reply: ReturnType<typeof admin.get>): Promise<number> => (await reply).status;

describe('a role', () => {
  it('is made, changed and deleted by an administrator', async () => {
    const role = await newRole(['tasks:read']);
    expect(role).toMatchObject({ permissions: ['tasks:read'], isBuiltIn: false, isActive: true, version: 1 });
    const { body } = await patched(role.id, { permissions: ['errors:read'], description: 'watches errors' });
    expect(body.data).toMatchObject({ permissions: ['errors:read'], version: 2 });
    expect(await statusOf(admin.delete(`/roles/${role.id}`))).toBe(204);
    expect(await statusOf(admin.get(`/roles/${role.id}`))).toBe(404);
  });

  it('gives only permissions that exist', async () => {
    const { status, body } = await admin.post('/roles', { name: 'typo', permissions: ['task:read', 'tasks:read'] });
    expect([status, body.errors?.map(({ path }) => path)]).toEqual([422, ['permissions[0]']]);
  });

  it('is out of reach of a key of an administrator that lacks *', async () => {
    const narrow = new Client(app.url, await app.user('admin', 'narrow-root', ['tasks:read', 'tasks:write']));
    expect(await statusOf(narrow.post('/roles', { name: 'wider', permissions: ['*'] }))).toBe(403);
    expect(await statusOf(narrow.patch(`/roles/${(await roleNamed('viewer')).id}`, { description: 'x' }))).toBe(403);
  });

  it('is not deleted while somebody has it', async () => {
    const role = await newRole(['tasks:read']);
    await app.user(role.name);
    const { status, body } = await admin.delete(`/roles/${role.id}`);
    expect([status, body.code, body.detail]).toEqual([409, 'IN_USE', 'Users still have this role.']);
  });
});

describe('a change of a role', () => {
  it('takes effect with the next request of its users, both ways', async () => {
    const role = await newRole(['tasks:read']);
    const user = await app.user(role.name);
    const client = new Client(app.url, user);
    const write = (): Promise<number> => statusOf(client.post('/tasks', { title: 'mine' }));
    expect([await statusOf(client.get('/tasks')), await write()]).toEqual([200, 403]);
    await patched(role.id, { permissions: ['tasks:read', 'tasks:write'] });
    expect(await write()).toBe(201);
    await patched(role.id, { permissions: [] });
    expect([await statusOf(client.get('/tasks')), await write()]).toEqual([403, 403]);
    await patched(role.id, { permissions: ['tasks:read'] });
    expect(await statusOf(client.get('/tasks'))).toBe(200);
    await patched(role.id, { isActive: false });
    expect(await statusOf(client.get('/tasks'))).toBe(401);
  });

  it('counts with the next request when another instance made it', async () => {
    const role = await newRole(['tasks:read']);
    const client = new Client(app.url, await app.user(role.name));
    const write = (): Promise<number> => statusOf(client.post('/tasks', { title: 'mine' }));
    expect(await write()).toBe(403);
    await app.sql(`update public.user_roles set permissions = '["tasks:read","tasks:write"]' where id = $1`, [role.id]);
    expect(await write()).toBe(201);
  });

  it('takes effect on open sockets', async () => {
    const role = await newRole(['tasks:read', 'errors:read']);
    const user = await app.user(role.name);
    const team = await app.team(root, user);
    const client = await LiveTestClient.open(app.url, user.key);
    open.push(client);
    await client.ask('subscribe', { id: 'all' });
    const first = await admin.post<{ id: string }>('/tasks', { title: 'seen', teamId: team });
    await client.eventOf(first.body.data.id, 'task.created');
    await patched(role.id, { permissions: ['errors:read'] });
    const hidden = await admin.post<{ id: string }>('/tasks', { title: 'hidden', teamId: team });
    await admin.post('/errors', { errorMessage: 'it broke', teamId: team });
    await client.until(({ data }) => data.event?.type === 'error.created');
    expect(JSON.stringify(client.events())).not.toContain(hidden.body.data.id);
  });

  it('closes open sockets when the role is disabled', async () => {
    const role = await newRole(['tasks:read']);
    const user = await app.user(role.name);
    const team = await app.team(root, user);
    const client = await LiveTestClient.open(app.url, user.key);
    open.push(client);
    await client.ask('subscribe', { id: 'all' });
    await patched(role.id, { isActive: false });
    await admin.post('/tasks', { title: 'next', teamId: team });
    expect((await client.closed).code).toBe(4401);
  });
});

describe('a built-in role', () => {
  it.each(['admin', 'developer', 'viewer', 'api_client', 'reporter'])('stays as it is needed: %s', async (name) => {
    const role = await roleNamed(name);
    expect(role.isBuiltIn).toBe(true);
    const { status, body } = await patched(role.id, { name: 'other', isActive: false, permissions: [] });
    expect([status, body.errors?.map(({ path }) => path)]).toEqual([422, ['name', 'isActive', 'permissions']]);
    expect(await statusOf(admin.delete(`/roles/${role.id}`))).toBe(422);
    expect(await roleNamed(name)).toEqual(role);
  });

  it('may get more', async () => {
    const { id, permissions } = await roleNamed('viewer');
    expect((await patched(id, { permissions: [...permissions, 'errors:write'] })).status).toBe(200);
    expect((await patched(id, { permissions })).status).toBe(200);
  });

  it.each([
    ['name', `role_name = 'other'`],
    ['permission', `permissions = '[]'`],
    ['activity', 'is_active = false'],
  ])('does not lose its %s in PostgreSQL either', async (_, change) => {
    const write = app.sql(`update public.user_roles set ${change} where role_name = 'admin'`);
    await expect(write).rejects.toMatchObject({ constraint: 'user_roles_built_in' });
    await expect(app.sql(`delete from public.user_roles where role_name = 'viewer'`)).rejects.toMatchObject({
      constraint: 'user_roles_built_in',
    });
  });

  it('reporter reports errors and validations and reads nothing', async () => {
    const reporter = await app.user('reporter');
    const team = await app.team(root, reporter);
    const client = new Client(app.url, reporter);
    const task = await admin.post<{ id: string }>('/tasks', { title: 'checked', teamId: team });
    const error = await client.post<object>('/errors', { errorMessage: 'it broke', teamId: team });
    expect([error.status, Object.keys(error.body.data)]).toEqual([201, expect.not.arrayContaining(['errorMessage'])]);
    const result = { taskId: task.body.data.id, validationType: 'testing', validationStatus: 'passed' };
    expect(await statusOf(client.post('/validations', result))).toBe(201);
    for (const path of ['/tasks', '/errors', '/validations', '/projects', '/teams']) {
      expect([path, await statusOf(client.get(path))]).toEqual([path, 403]);
    }
  });
});

it('that makes somebody an administrator is not taken away by themself', async () => {
  const role = await newRole(['*']);
  const other = new Client(app.url, await app.user(role.name));
  for (const patch of [{ permissions: ['tasks:read'] }, { isActive: false }]) {
    expect(await statusOf(other.patch(`/roles/${role.id}`, patch))).toBe(422);
  }
  expect((await patched(role.id, { permissions: ['tasks:read'] })).status).toBe(200);
});
