import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../db/database-fixture.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface Project {
  id: string;
  teamId: string;
  projectKey: string;
  name: string;
  description: string | null;
  metadata: object;
  createdBy: string;
  version: number;
}

interface Task {
  id: string;
  ref: string;
  list: string;
  projectKey: string;
  title: string;
  status: string;
  version: number;
}

let app: TestApp;
let ada: TestUser;
let eve: TestUser;
let viewer: TestUser;
let team: string;
const as = (user: TestUser): Client => new Client(app.url, user);
let keys = 0;

async function newProject(user = ada, more: object = {}): Promise<Project> {
  keys += 1;
  const { status, body } = await as(user).post<Project>('/projects', {
    projectKey: `p${keys}`,
    name: `Project ${keys}`,
    ...more,
  });
  expect(status).toBe(201);
  return body.data;
}

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  eve = await app.user('developer', 'eve');
  viewer = await app.user('viewer', 'vic');
  team = await app.team(ada, viewer);
});

afterAll(() => app.close());

describe('a project', () => {
  it('is created in the personal team by default, and returned as created', async () => {
    const { status, body, headers } = await as(ada).post<Project>('/projects', { projectKey: 'own', name: 'Own' });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      projectKey: 'own',
      name: 'Own',
      description: null,
      settings: {},
      metadata: {},
      teamId: ada.teamId,
      createdBy: ada.id,
      version: 1,
    });
    expect(headers.get('etag')).toBe('"1"');
    const seen = await fetch(`${app.url}${headers.get('location')}`, { headers: { 'x-api-key': ada.key } });
    expect(((await seen.json()) as { data: Project }).data).toEqual(body.data);
    const shared = await newProject(ada, { teamId: team, description: 'for all', metadata: { a: { b: [1, null] } } });
    expect(shared).toMatchObject({ teamId: team, description: 'for all', metadata: { a: { b: [1, null] } } });
  });

  it('is found by key and by id, only by users who see its team', async () => {
    const { id, projectKey, ...rest } = await newProject(ada, { teamId: team });
    for (const name of [id, projectKey]) {
      expect((await as(viewer).get(`/projects/${name}`)).body.data).toEqual({ id, projectKey, ...rest });
      const foreign = await as(eve).get(`/projects/${name}`);
      expect(foreign.status).toBe(404);
      expect(foreign.body.detail).toBe((await as(eve).get('/projects/absent')).body.detail);
    }
    expect((await as(ada).get('/projects/not%20a%20key')).status).toBe(404);
    expect((await as(viewer).patch(`/projects/${id}`, { name: 'x' })).status).toBe(403);
    expect((await as(eve).patch(`/projects/${id}`, { name: 'x' })).status).toBe(404);
    expect((await as(eve).delete(`/projects/${id}`)).status).toBe(404);
  });

  it('reports all problems at once', async () => {
    const { status, body } = await as(ada).post('/projects', { projectKey: '-', name: ' ', teamId: 'x', colour: 1 });
    expect(status).toBe(400);
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(new Set(['projectKey', 'name', 'teamId', 'colour']));
    const like = { projectKey: '0198c0de-0000-7000-8000-000000000000', name: 'x' };
    expect((await as(ada).post('/projects', like)).body.errors).toMatchObject([{ path: 'projectKey' }]);
    expect((await as(ada).post('/projects?colour=1', { projectKey: 'x', name: 'x' })).status).toBe(400);
  });

  it('has a key that is unique within its team and never reused', async () => {
    const { projectKey } = await newProject();
    const again = await as(ada).post('/projects', { projectKey, name: 'again' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'ALREADY_EXISTS', errors: [{ path: 'projectKey' }] });
    expect((await as(ada).post('/projects', { projectKey, name: 'x', teamId: team })).status).toBe(201);
    expect((await as(ada).get(`/projects/${projectKey}`)).body.data).toMatchObject({ teamId: ada.teamId });
    const named = await as(ada).get<Project>(`/projects/${projectKey}?teamId=${team}`);
    expect(named.body.data.teamId).toBe(team);
    expect((await as(ada).get(`/projects/${projectKey}?teamId=x`)).status).toBe(400);
    expect((await as(ada).delete(`/projects/${projectKey}?teamId=${team}`)).status).toBe(204);
    const buried = await as(ada).post('/projects', { projectKey, name: 'x', teamId: team });
    expect(buried.body.code).toBe('ALREADY_EXISTS');
  });

  it('belongs to a team that the caller sees', async () => {
    const foreign = await as(ada).post('/projects', { projectKey: 'x', name: 'x', teamId: eve.teamId });
    const absent = await as(ada).post('/projects', {
      projectKey: 'x',
      name: 'x',
      teamId: '0198c0de-0000-7000-8000-000000000000',
    });
    expect(foreign.status).toBe(404);
    expect(absent.body.detail).toBe(foreign.body.detail);
  });

  it('changes by merge patch, guarded by its version', async () => {
    const { id } = await newProject(ada, { description: 'first', metadata: { a: 1 } });
    const changed = await as(ada).with({ 'if-match': '"1"' }).patch<Project>(`/projects/${id}`, {
      name: 'New',
      description: null,
    });
    expect(changed.body.data).toMatchObject({ name: 'New', description: null, metadata: { a: 1 }, version: 2 });
    const stale = await as(ada).with({ 'if-match': '"1"' }).patch(`/projects/${id}`, { name: 'Old' });
    expect(stale.status).toBe(412);
    expect(stale.headers.get('etag')).toBe('"2"');
    const merged = await as(ada).patch<Project>(`/projects/${id}`, { metadata: { b: { c: 2 } } });
    expect(merged.body.data).toMatchObject({ metadata: { a: 1, b: { c: 2 } }, version: 3 });
    const without = await as(ada).patch<Project>(`/projects/${id}`, { metadata: { a: null, b: { d: 3 } } });
    expect(without.body.data).toMatchObject({ metadata: { b: { c: 2, d: 3 } }, version: 4 });
    expect(without.body.data.metadata).not.toHaveProperty('a');
    const reset = await as(ada).patch<Project>(`/projects/${id}`, { metadata: null });
    expect(reset.body.data.metadata).toEqual({});
    expect((await as(ada).patch<Project>(`/projects/${id}`, {})).body.data.version).toBe(5);
    expect((await as(ada).patch(`/projects/${id}`, { projectKey: 'other', name: null })).body.errors).toMatchObject([
      { path: 'projectKey', code: 'UNKNOWN_FIELD' },
      { path: 'name', code: 'IS_STRING' },
    ]);
    const current = await as(ada).with({ 'if-none-match': '"5"' }).get(`/projects/${id}`);
    expect(current.status).toBe(304);
  });

  it('is not written by a dry run, and created once per Idempotency-Key', async () => {
    const body = { projectKey: 'once', name: 'Once' };
    expect((await as(ada).post('/projects?dryRun=true', body)).status).toBe(201);
    expect((await as(ada).get('/projects/once')).status).toBe(404);
    const keyed = as(ada).with({ 'idempotency-key': 'project once' });
    const [first, second] = [
      await as(ada).with({ 'idempotency-key': 'project-once' }).post('/projects', body),
      await as(ada).with({ 'idempotency-key': 'project-once' }).post('/projects', body),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await keyed.post('/projects', body)).status).toBe(400);
  });

  it('cannot be deleted while it has tasks, and keeps its key afterwards', async () => {
    const { id, projectKey } = await newProject();
    const task = await as(ada).post<Task>(`/projects/${projectKey}/tasks`, { title: 'alive' });
    const busy = await as(ada).delete(`/projects/${projectKey}`);
    expect(busy.body.code).toBe('IN_USE');
    await as(ada).delete(`/tasks/${task.body.data.id}`);
    expect((await as(ada).with({ 'if-match': '"9"' }).delete(`/projects/${id}`)).status).toBe(412);
    expect((await as(ada).delete(`/projects/${id}?dryRun=true`)).status).toBe(204);
    expect((await as(ada).delete(`/projects/${id}`)).status).toBe(204);
    expect((await as(ada).get(`/projects/${id}`)).status).toBe(404);
    expect((await as(ada).delete(`/projects/${id}`)).status).toBe(404);
    expect((await as(ada).post(`/projects/${projectKey}/tasks`, { title: 'late' })).status).toBe(404);
  });

  it('serializes its deletion with the creation of a task', async () => {
    const client = new pg.Client({ connectionString: app.database.url });
    await client.connect();
    try {
      const doomed = await newProject();
      await client.query('begin');
      await client.query('select from projects where id = $1 for update', [doomed.id]);
      const late = as(ada).post(`/projects/${doomed.projectKey}/tasks`, { title: 'late' });
      expect(await eventually(() => app.isBlocked())).toBe(true);
      await client.query('update projects set deleted_at = now() where id = $1', [doomed.id]);
      await client.query('commit');
      expect((await late).status).toBe(404);

      const kept = await newProject();
      await client.query('begin');
      await client.query('insert into task_lists (team_id, project_key, list) values ($1, $2, $3)', [
        kept.teamId,
        kept.projectKey,
        'master',
      ]);
      await client.query(
        `insert into tasks (team_id, project_key, list, ref, title) values ($1, $2, 'master', '1', 'first')`,
        [kept.teamId, kept.projectKey],
      );
      const deletion = as(ada).delete(`/projects/${kept.id}`);
      expect(await eventually(() => app.isBlocked())).toBe(true);
      await client.query('commit');
      expect((await deletion).body.code).toBe('IN_USE');
    } finally {
      await client.end();
    }
  });
});

describe('the list of projects', () => {
  it("shows the caller's projects, page by page, filtered and sorted", async () => {
    const user = await app.user();
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.push((await newProject(user, { name: `n${i}` })).id);
    const walked: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Reply<Project[]> = await as(user).get<Project[]>(`/projects?limit=2&sort=name&cursor=${cursor}`);
      walked.push(...page.body.data.map(({ id }) => id));
      cursor = page.body.pagination?.nextCursor ?? null;
    }
    expect(walked).toEqual(made);
    const all = await as(user).get<Project[]>('/projects?sort=-name&limit=1&offset=1');
    expect(all.body.data.map(({ name }) => name)).toEqual(['n3']);
    expect(all.body.pagination).toMatchObject({ total: 5, hasMore: true, offset: 1 });
    const one = await as(user).get<Project[]>(`/projects?id=${made[2]}&fields=name`);
    expect(one.body.data).toEqual([{ name: 'n2' }]);
    expect((await as(user).get(`/projects?teamId=${eve.teamId}`)).body.data).toEqual([]);
    expect((await as(user).get('/projects?q=x&colour=1')).body.errors).toHaveLength(2);
  });
});

describe('tasks of a project', () => {
  it('are numbered within their list and addressed by number', async () => {
    const { projectKey } = await newProject(ada, { teamId: team });
    const path = `/projects/${projectKey}/tasks`;
    for (const title of ['one', 'two']) {
      const { status, body } = await as(ada).post<Task>(path, { title });
      expect(status).toBe(201);
      expect(body.data).toMatchObject({ projectKey, list: 'master', title });
    }
    const child = await as(ada).post<Task>(path, { title: 'child', parentRef: '2' });
    expect(child.body.data.ref).toBe('2.1');
    const other = await as(ada).post<Task>(path, { title: 'other', list: 'sprint-2' });
    expect(other.body.data).toMatchObject({ ref: '1', list: 'sprint-2' });
    expect((await as(viewer).get<Task>(`${path}/2.1`)).body.data).toEqual(child.body.data);
    expect((await as(viewer).get<Task>(`${path}/1?list=sprint-2&fields=title`)).body.data).toEqual({ title: 'other' });
    for (const wrong of [`${path}/3`, `${path}/x`, `${path}/2?list=sprint-2`, '/projects/absent/tasks/1']) {
      expect((await as(ada).get(wrong)).status).toBe(404);
    }
    expect((await as(eve).get(`${path}/1`)).status).toBe(404);
    expect((await as(ada).get(`${path}/1?list=a%20b`)).status).toBe(400);
    expect((await as(ada).get(`${path}/1?colour=1`)).status).toBe(400);
  });

  it('change, are replaced, completed and deleted by number', async () => {
    const { projectKey } = await newProject();
    const path = `/projects/${projectKey}/tasks`;
    await as(ada).post(path, { title: 'one', description: 'text' });
    const patched = await as(ada).with({ 'if-match': '"1"' }).patch<Task>(`${path}/1`, { title: 'uno' });
    expect(patched.body.data).toMatchObject({ title: 'uno', description: 'text', version: 2 });
    expect((await as(ada).with({ 'if-match': '"1"' }).patch(`${path}/1`, { title: 'x' })).status).toBe(412);
    const replaced = await as(ada).put<Task>(`${path}/1`, { title: 'eins' });
    expect(replaced.body.data).toMatchObject({ title: 'eins', description: null });
    const done = await as(ada).post<Task>(`${path}/1/complete`);
    expect(done.body.data).toMatchObject({ status: 'completed', ref: '1' });
    expect((await as(ada).patch<Task>(`${path}/1/complete`, {})).body.data).toEqual(done.body.data);
    expect((await as(ada).delete(`${path}/1`)).status).toBe(204);
    expect((await as(ada).get(`${path}/1`)).status).toBe(404);
    expect((await as(ada).post<Task>(path, { title: 'next' })).body.data.ref).toBe('2');
  });

  it('are not restored into a deleted project', async () => {
    const { id, projectKey } = await newProject();
    const task = (await as(ada).post<Task>(`/projects/${projectKey}/tasks`, { title: 'x' })).body.data;
    await as(ada).delete(`/tasks/${task.id}`);
    expect((await as(ada).delete(`/projects/${id}`)).status).toBe(204);
    const refused = await as(ada).post(`/tasks/${task.id}/restore`);
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
  });

  it('are listed with the filters of every list of tasks', async () => {
    const { projectKey } = await newProject();
    const path = `/projects/${projectKey}/tasks`;
    for (const list of ['master', 'later']) await as(ada).post(path, { title: `in ${list}`, list });
    expect((await as(ada).get(path)).body.pagination).toMatchObject({ total: 2 });
    const later = await as(ada).get<Task[]>(`${path}?list=later&fields=title`);
    expect(later.body.data).toEqual([{ title: 'in later' }]);
    expect((await as(ada).get(`${path}?colour=1`)).status).toBe(400);
    expect((await as(eve).get(path)).status).toBe(404);
  });

  it('are counted by list', async () => {
    const { projectKey, teamId } = await newProject();
    for (const list of ['master', 'later', 'master']) {
      await as(ada).post(`/projects/${projectKey}/tasks`, { title: 'x', list });
    }
    await as(ada).delete(`/projects/${projectKey}/tasks/1?list=later`);
    const lists = await as(ada).get(`/projects/${projectKey}/lists?sort=list`);
    expect(lists.body.data).toMatchObject([
      { list: 'later', projectKey, teamId, taskCount: 0 },
      { list: 'master', projectKey, teamId, taskCount: 2 },
    ]);
    expect(lists.body.pagination).toMatchObject({ total: 2, hasMore: false });
    const first = await as(ada).get(`/projects/${projectKey}/lists?limit=1&cursor=&sort=list&fields=list`);
    expect(first.body.data).toEqual([{ list: 'later' }]);
    const { nextCursor } = first.body.pagination!;
    const second = await as(ada).get(`/projects/${projectKey}/lists?sort=list&fields=list&cursor=${nextCursor}`);
    expect(second.body.data).toEqual([{ list: 'master' }]);
    expect((await as(eve).get(`/projects/${projectKey}/lists`)).status).toBe(404);
  });
});
