import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { LiveTestClient } from '../support/live-client.js';

/**
 * Seen to fail: with app.open_session as it was, an agent kept what its owner had lost; without the foreign key of
 * team_members, it stayed in a team that its owner had left; without app.is_agent in the policies, it made itself keys.
 */
interface Account {
  readonly id: string;
  readonly username: string;
  readonly teamIds: readonly string[];
  readonly version: number;
}

let app: TestApp;
let owner: TestUser;
let mate: TestUser;
let team: string;
let client: Client;
let made = 0;
const open: LiveTestClient[] = [];

beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  [owner, mate] = [await app.user('developer', `owner-${(made += 1)}`), await app.user()];
  team = await app.team(mate, owner);
  client = new Client(app.url, owner);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => app.close());

async function newAgent(more: object = {}): Promise<{ account: Account; agent: Client; key: string }> {
  const { status, body } = await client.post<Account>('/service-accounts', { handle: 'bot', name: 'Bot', ...more });
  expect(status).toBe(201);
  const input = { name: 'bot', serviceAccountId: body.data.id };
  const shown = await client.post<{ key: string }>('/api-keys', input);
  expect(shown.status).toBe(201);
  const user = { id: body.data.id, keyId: '', teamId: '', key: shown.body.data.key };
  return { account: body.data, agent: new Client(app.url, user), key: user.key };
}

const statusOf = async (reply: ReturnType<typeof client.get>): Promise<number> => (await reply).status;
const write = (agent: Client): Promise<number> =>
  statusOf(agent.post('/tasks', { title: 'by an agent', teamId: team }));

describe('a service account', () => {
  it('acts under its own name, and says who owns it', async () => {
    const { account, agent } = await newAgent();
    expect(account.username).toBe(`owner-${made}/bot`);
    expect([...account.teamIds].sort()).toEqual([team, owner.teamId].sort());
    const { body } = await agent.post<{ id: string; createdBy: string }>('/tasks', { title: 'mine', teamId: team });
    expect(body.data.createdBy).toBe(account.id);
    const seen = await new Client(app.url, mate).get(`/users/${account.id}`);
    expect(seen.body.data).toMatchObject({ kind: 'agent', ownerId: owner.id });
    const trail = await app.sql(`select user_id from public.audit_logs where table_name = 'tasks' and record_id = $1`, [
      body.data.id,
    ]);
    expect(trail).toEqual([{ user_id: account.id }]);
  });

  it('claims work and is assigned by its name', async () => {
    const { account, agent } = await newAgent();
    await client.post('/tasks', { title: 'ready', teamId: team });
    const { status, body } = await agent.post<{ task: { assigneeId: string } }>('/tasks/claim', { teamId: team });
    expect([status, body.data.task.assigneeId]).toEqual([200, account.id]);
    const given = await client.post<{ assigneeId: string }>('/tasks', {
      ...{ title: 'given', teamId: team, assignedTo: account.username },
    });
    expect(given.body.data.assigneeId).toBe(account.id);
  });

  it('means the team of its owner when it names none', async () => {
    const { agent } = await newAgent();
    const { body } = await agent.post<{ teamId: string }>('/tasks', { title: 'at home' });
    expect(body.data.teamId).toBe(owner.teamId);
  });

  it("is the owner's alone", async () => {
    const { account } = await newAgent();
    const other = new Client(app.url, mate);
    expect(await statusOf(other.get(`/service-accounts/${account.id}`))).toBe(404);
    expect(await statusOf(other.patch(`/service-accounts/${account.id}`, { name: 'stolen' }))).toBe(404);
    expect(await statusOf(other.post('/api-keys', { name: 'x', serviceAccountId: account.id }))).toBe(404);
    const admin = new Client(app.url, await app.user('admin'));
    expect(await statusOf(admin.post('/api-keys', { name: 'x', serviceAccountId: account.id }))).toBe(404);
  });

  it('manages no credentials and has no password', async () => {
    const { account, agent } = await newAgent();
    const [key] = (await agent.get<{ id: string }[]>('/api-keys')).body.data;
    expect(await statusOf(agent.post('/api-keys', { name: 'more' }))).toBe(403);
    expect(await statusOf(agent.post(`/api-keys/${key!.id}/rotate`))).toBe(404);
    expect(await statusOf(agent.delete(`/api-keys/${key!.id}`))).toBe(403);
    expect(await statusOf(agent.post('/service-accounts', { handle: 'child', name: 'Child' }))).toBe(403);
    expect(await statusOf(agent.post('/teams', { name: 'own' }))).toBe(403);
    const admin = new Client(app.url, await app.user('admin'));
    const password = 'a walk beside the river';
    expect(await statusOf(admin.patch(`/users/${account.id}`, { password }))).toBe(422);
  });

  it('has its keys rotated and revoked by its owner', async () => {
    const { account, agent, key } = await newAgent();
    const [held] = (await client.get<{ id: string }[]>(`/api-keys?userId=${account.id}`)).body.data;
    const next = await client.post<{ key: string; userId: string }>(`/api-keys/${held!.id}/rotate`);
    expect([next.status, next.body.data.userId]).toEqual([201, account.id]);
    expect(next.body.data.key).not.toBe(key);
    expect(await write(agent)).toBe(201);
    expect(await statusOf(client.delete(`/api-keys/${held!.id}`))).toBe(204);
    expect(await write(agent)).toBe(401);
  });

  it('joins a team only where its owner is', async () => {
    const { account } = await newAgent();
    const elsewhere = await app.team(mate);
    const admin = new Client(app.url, await app.user('admin'));
    expect(await statusOf(admin.post(`/teams/${elsewhere}/members`, { userId: account.id }))).toBe(422);
    const absent = '01890000-0000-7000-8000-000000000000';
    for (const teamIds of [[elsewhere], [absent]]) {
      const { status, body } = await client.patch(`/service-accounts/${account.id}`, { teamIds });
      expect([status, body.detail]).toEqual([422, 'You are not in one of these teams.']);
    }
    await client.patch(`/service-accounts/${account.id}`, { teamIds: [owner.teamId] });
    const { body } = await client.get<Account>(`/service-accounts/${account.id}`);
    expect(body.data.teamIds).toEqual([owner.teamId]);
  });
});

describe('what a service account holds', () => {
  const losses: [string, (id: string) => Promise<unknown>, number][] = [
    ['the owner is disabled', (id) => app.sql('update public.users set is_active = false where id = $1', [id]), 401],
    [
      'the owner becomes a viewer',
      (id) =>
        app.sql(
          `update public.users set role_id = (select r.id from public.user_roles r where r.role_name = 'viewer') where id = $1`,
          [id],
        ),
      403,
    ],
    [
      'the owner leaves the team',
      (id) => app.sql('delete from public.team_members where team_id = $1 and user_id = $2', [team, id]),
      404,
    ],
  ];

  it.each(losses)('ends with the next request when %s', async (_, lose, status) => {
    const { agent } = await newAgent();
    expect(await write(agent)).toBe(201);
    await lose(owner.id);
    expect(await write(agent)).toBe(status);
  });

  it.each(losses)('ends on open sockets when %s', async (_, lose) => {
    const { key } = await newAgent({ role: 'admin' });
    const socket = await LiveTestClient.open(app.url, key);
    open.push(socket);
    await socket.ask('subscribe', { id: 'all' });
    const [before] = await app.sql<{ role: string }>(
      'select r.role_name as role from public.users u join public.user_roles r on r.id = u.role_id where u.id = $1',
      [owner.id],
    );
    expect(before).toEqual({ role: 'developer' });
    await lose(owner.id);
    const stranger = await app.user();
    const foreign = await new Client(app.url, stranger).post<{ id: string }>('/tasks', { title: 'foreign' });
    const { body } = await new Client(app.url, mate).post<{ id: string }>('/tasks', { title: 'next', teamId: team });
    const seen = await Promise.race([
      socket.closed.then(({ code }) => String(code)),
      socket.eventOf(body.data.id, 'task.created').then(() => 'seen'),
      ...(status404(lose) ? [newOwn(socket)] : []),
    ]);
    expect(seen).toBe(expectedOf(lose));
    expect(JSON.stringify(socket.events())).not.toContain(foreign.body.data.id);
  });

  const status404 = (lose: unknown): boolean => lose === losses[2]![1];
  // A viewer still reads tasks, a former member sees only what is left, and a disabled owner ends the connection.
  const expectedOf = (lose: unknown): string =>
    lose === losses[0]![1] ? '4401' : lose === losses[1]![1] ? 'seen' : 'own';

  async function newOwn(socket: LiveTestClient): Promise<string> {
    const { body } = await client.post<{ id: string }>('/tasks', { title: 'own', teamId: owner.teamId });
    await socket.eventOf(body.data.id, 'task.created');
    return 'own';
  }

  it('is never more than the owner holds, whatever its role', async () => {
    const { agent } = await newAgent({ role: 'admin' });
    const { body } = await agent.get<{ permissions: string[] }>('/auth/me');
    expect(body.data.permissions).not.toContain('*');
    expect(await statusOf(agent.post('/users', { email: 'x@example.test', name: 'X' }))).toBe(403);
    expect(await statusOf(agent.post('/errors', { errorMessage: 'x', teamId: team }))).toBe(403);
  });

  it('is that of its role where the owner holds more', async () => {
    const { account, agent } = await newAgent({ role: 'viewer' });
    expect([await statusOf(agent.get('/tasks')), await write(agent)]).toEqual([200, 403]);
    await client.patch(`/service-accounts/${account.id}`, { role: 'developer' });
    expect(await write(agent)).toBe(201);
    await client.patch(`/service-accounts/${account.id}`, { isActive: false });
    expect(await write(agent)).toBe(401);
  });
});
