import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

interface Team {
  id: string;
  name: string;
  ownerId: string;
  version: number;
}

interface Member {
  userId: string;
  username: string;
  role: string;
}

const ABSENT = '0198c0de-0000-7000-8000-000000000000';

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let eve: TestUser;
let root: TestUser;
const as = (user: TestUser): Client => new Client(app.url, user);

async function newTeam(owner = ada, ...members: [TestUser, string][]): Promise<string> {
  const { status, body } = await as(owner).post<Team>('/teams', { name: 'A team' });
  expect(status).toBe(201);
  for (const [user, role] of members) {
    const joined = await as(root).post(`/teams/${body.data.id}/members`, { userId: user.id, role });
    expect(joined.status).toBe(201);
  }
  return body.data.id;
}

async function roles(team: string): Promise<Record<string, string>> {
  const { body } = await as(root).get<Member[]>(`/teams/${team}/members`);
  return Object.fromEntries(body.data.map(({ username, role }) => [username, role]));
}

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bob = await app.user('developer', 'bob');
  eve = await app.user('developer', 'eve');
  root = await app.user('admin', 'root');
});

afterAll(() => app.close());

describe('a team', () => {
  it('is owned by its creator', async () => {
    const { status, body, headers } = await as(ada).post<Team>('/teams', { name: 'Platform', metadata: { a: 1 } });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      name: 'Platform',
      description: null,
      ownerId: ada.id,
      isPersonal: false,
      metadata: { a: 1 },
      version: 1,
    });
    expect(headers.get('location')).toBe(`/api/v1/teams/${body.data.id}`);
    expect(await roles(body.data.id)).toEqual({ ada: 'owner' });
    expect((await as(ada).get(`/teams/${body.data.id}`)).body.data).toEqual(body.data);
    const byRoot = await as(root).post<Team>('/teams', { name: 'Of the admin' });
    expect(byRoot.body.data.ownerId).toBe(root.id);
  });

  it('answers 404 to outsiders', async () => {
    const id = await newTeam();
    for (const [method, path, sent] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', '', undefined],
      ['GET', '/members', undefined],
      ['PATCH', `/members/${ada.id}`, { role: 'member' }],
      ['DELETE', `/members/${ada.id}`, undefined],
      ['GET', '/tasks', undefined],
      ['POST', '/tasks', { title: 'x' }],
    ] as const) {
      const foreign = await as(eve).call(method, `/teams/${id}${path}`, sent);
      const absent = await as(eve).call(method, `/teams/${ABSENT}${path}`, sent);
      expect([method, path, foreign.status]).toEqual([method, path, 404]);
      const { requestId: _one, instance: _here, ...seen } = foreign.body as unknown as Record<string, unknown>;
      expect(absent.body).toMatchObject(seen);
    }
    expect((await as(root).get(`/teams/${id}`)).status).toBe(200);
    expect((await as(ada).get('/teams/not-an-id')).status).toBe(400);
  });

  it('reports all problems at once', async () => {
    const { status, body } = await as(ada).post('/teams', { name: '', metadata: [], ownerId: eve.id });
    expect(status).toBe(400);
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(new Set(['name', 'metadata', 'ownerId']));
  });

  it('is changed by its managers, guarded by its version', async () => {
    const id = await newTeam(ada, [bob, 'member'], [eve, 'admin']);
    const changed = await as(eve).with({ 'if-match': '"1"' }).patch<Team>(`/teams/${id}`, { description: 'ours' });
    expect(changed.body.data).toMatchObject({ description: 'ours', version: 2 });
    const stale = await as(ada).with({ 'if-match': '"1"' }).patch(`/teams/${id}`, { name: 'x' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    expect((await as(bob).patch(`/teams/${id}`, { name: 'x' })).status).toBe(403);
    expect((await as(ada).patch<Team>(`/teams/${id}?dryRun=true`, { name: 'x' })).body.data.version).toBe(3);
    const same = await as(ada).with({ 'if-none-match': '"2"' }).get(`/teams/${id}`);
    expect(same.status).toBe(304);
  });

  it('is deleted by its owner once its tasks and projects are deleted', async () => {
    const id = await newTeam(ada, [bob, 'admin']);
    const project = await as(ada).post('/projects', { projectKey: 'inside', name: 'Inside', teamId: id });
    const task = await as(ada).post<{ id: string }>('/projects/inside/tasks', { title: 'alive' });
    expect((await as(bob).delete(`/teams/${id}`)).status).toBe(403);
    expect((await as(ada).delete(`/teams/${id}`)).body.code).toBe('IN_USE');
    await as(ada).delete(`/tasks/${task.body.data.id}`);
    expect((await as(ada).delete(`/teams/${id}`)).body.code).toBe('IN_USE');
    expect((await as(ada).delete(`/projects/${project.body.data.id as string}`)).status).toBe(204);
    expect((await as(ada).with({ 'if-match': '"7"' }).delete(`/teams/${id}`)).status).toBe(412);
    expect((await as(ada).delete(`/teams/${id}?dryRun=true`)).status).toBe(204);
    expect((await as(ada).delete(`/teams/${id}`)).status).toBe(204);
    expect((await as(ada).get(`/teams/${id}`)).status).toBe(404);
    expect((await as(ada).delete(`/teams/${ada.teamId}`)).body.code).toBe('RULE_VIOLATED');
  });

  it('appears in the list of its members, in pages', async () => {
    const user = await app.user();
    const made: string[] = [];
    for (let i = 0; i < 3; i += 1) made.unshift((await as(user).post<Team>('/teams', { name: `n${i}` })).body.data.id);
    const first = await as(user).get<Team[]>('/teams?isPersonal=false&limit=2&cursor=');
    expect(first.body.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
    const rest = await as(user).get<Team[]>(
      `/teams?isPersonal=false&limit=2&cursor=${first.body.pagination!.nextCursor}`,
    );
    expect(rest.body.data.map(({ id }) => id)).toEqual(made.slice(2));
    expect(rest.body.pagination).toMatchObject({ hasMore: false, nextCursor: null });
    const all = await as(user).get<Team[]>('/teams?sort=name&fields=id,name');
    expect(all.body.pagination).toMatchObject({ total: 4 });
    expect(all.body.data[0]).toEqual({ id: made[2], name: 'n0' });
    const everything = await as(root).get<Team[]>(`/teams?ownerId=${user.id}`);
    expect(everything.body.pagination).toMatchObject({ total: 4 });
    expect((await as(user).get('/teams?q=x&colour=1')).body.errors).toHaveLength(2);
  });
});

describe('members of a team', () => {
  it('join by id or by e-mail', async () => {
    const id = await newTeam();
    const byId = await as(root).post<Member>(`/teams/${id}/members`, { userId: bob.id });
    expect(byId.status).toBe(201);
    expect(byId.body.data).toMatchObject({ userId: bob.id, username: 'bob', teamId: id, role: 'member' });
    const byEmail = await as(root).post<Member>(`/teams/${id}/members`, { email: 'EVE@example.test', role: 'admin' });
    expect(byEmail.body.data).toMatchObject({ userId: eve.id, email: 'eve@example.test', role: 'admin' });
    expect((await as(eve).get<Team[]>(`/teams?id=${id}`)).body.data).toHaveLength(1);
    const again = await as(root).post(`/teams/${id}/members`, { userId: bob.id });
    expect(again.body.code).toBe('ALREADY_EXISTS');
    for (const nobody of [{ userId: ABSENT }, { email: 'nobody@example.test' }]) {
      const refused = await as(root).post(`/teams/${id}/members`, nobody);
      expect(refused.body).toMatchObject({ status: 422, errors: [{ path: Object.keys(nobody)[0] }] });
    }
    expect((await as(root).post(`/teams/${id}/members`, { role: 'king' })).body.errors).toMatchObject([
      { path: 'role' },
      { path: 'userId', code: 'REQUIRED' },
    ]);
    expect((await as(root).post(`/teams/${id}/members`, { userId: bob.id, email: 'x' })).status).toBe(400);
    const personal = await as(root).post(`/teams/${ada.teamId}/members`, { userId: bob.id });
    expect(personal.body.code).toBe('RULE_VIOLATED');
  });

  it('are managed by owners and admins, and owners by owners', async () => {
    const cleo = await app.user('developer');
    const id = await newTeam(ada, [bob, 'admin'], [eve, 'member']);
    expect((await as(eve).delete(`/teams/${id}/members/${bob.id}`)).status).toBe(403);
    expect((await as(bob).patch(`/teams/${id}/members/${bob.id}`, { role: 'owner' })).status).toBe(403);
    expect((await as(bob).patch(`/teams/${id}/members/${ada.id}`, { role: 'member' })).status).toBe(403);
    expect((await as(bob).delete(`/teams/${id}/members/${ada.id}`)).status).toBe(403);
    const raised = await as(bob).patch<Member>(`/teams/${id}/members/${eve.id}`, { role: 'admin' });
    expect(raised.body.data.role).toBe('admin');
    expect((await as(bob).patch(`/teams/${id}/members/${cleo.id}`, { role: 'admin' })).status).toBe(404);
    expect((await as(bob).patch(`/teams/${id}/members/${eve.id}`, { role: 'x', name: 'y' })).body.errors).toHaveLength(
      2,
    );
    expect((await as(root).delete(`/teams/${id}/members/${eve.id}`)).status).toBe(204);
    expect((await as(eve).get(`/teams/${id}`)).status).toBe(404);
  });

  it('always include an owner, and the team names one of them', async () => {
    const id = await newTeam(ada, [bob, 'member']);
    const alone = await as(ada).patch(`/teams/${id}/members/${ada.id}`, { role: 'member' });
    expect(alone.body).toMatchObject({ status: 422, code: 'RULE_VIOLATED' });
    expect((await as(ada).delete(`/teams/${id}/members/${ada.id}`)).status).toBe(422);
    expect((await as(ada).patch(`/teams/${id}/members/${bob.id}`, { role: 'owner' })).status).toBe(200);
    expect((await as(ada).delete(`/teams/${id}/members/${ada.id}`)).status).toBe(204);
    expect((await as(bob).get<Team>(`/teams/${id}`)).body.data.ownerId).toBe(bob.id);
    expect(await roles(id)).toEqual({ bob: 'owner' });
    expect((await as(bob).delete(`/teams/${id}`)).status).toBe(204);
  });

  it('leave their tasks behind, unassigned', async () => {
    const id = await newTeam(ada, [bob, 'member']);
    const task = await as(ada).post<{ id: string }>(`/teams/${id}/tasks`, { title: 'x', assigneeId: bob.id });
    expect((await as(ada).delete(`/teams/${id}/members/${bob.id}`)).status).toBe(204);
    expect((await as(ada).get(`/tasks/${task.body.data.id}`)).body.data).toMatchObject({ assigneeId: null });
  });

  it('are listed in pages', async () => {
    const id = await newTeam(ada, [bob, 'member'], [eve, 'admin']);
    const first = await as(bob).get<Member[]>(`/teams/${id}/members?sort=username&limit=2&cursor=`);
    expect(first.body.data.map(({ username }) => username)).toEqual(['ada', 'bob']);
    const cursor = first.body.pagination!.nextCursor;
    const rest = await as(bob).get<Member[]>(`/teams/${id}/members?sort=username&limit=2&cursor=${cursor}`);
    expect(rest.body.data.map(({ username }) => username)).toEqual(['eve']);
    const admins = await as(bob).get<Member[]>(`/teams/${id}/members?role=admin,owner&sort=username&fields=username`);
    expect(admins.body.data).toEqual([{ username: 'ada' }, { username: 'eve' }]);
    expect(admins.body.pagination).toMatchObject({ total: 2 });
  });
});

describe('tasks of a team', () => {
  it('are created in it and listed from it', async () => {
    const id = await newTeam(ada, [bob, 'member']);
    const made = await as(bob).post<{ id: string }>(`/teams/${id}/tasks`, { title: 'shared', assigneeId: ada.id });
    expect(made.status).toBe(201);
    expect(made.body.data).toMatchObject({ teamId: id, assignedTo: 'ada', createdBy: bob.id });
    const listed = await as(ada).get<{ id: string }[]>(`/teams/${id}/tasks?assigneeId=${ada.id}`);
    expect(listed.body.data.map((task) => task.id)).toEqual([made.body.data.id]);
    const outsider = await as(ada).post(`/teams/${id}/tasks`, { title: 'x', assigneeId: eve.id });
    expect(outsider.body).toMatchObject({
      status: 422,
      detail: 'The assignee is not a member of the team.',
      errors: [{ path: 'assigneeId' }],
    });
    expect((await as(ada).post(`/teams/${id}/tasks`, { title: 'x', teamId: id })).status).toBe(400);
  });
});
