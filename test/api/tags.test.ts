import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';

interface Tag {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly color: string | null;
  readonly version: number;
}

interface Task {
  readonly id: string;
  readonly tags: readonly string[];
  readonly version: number;
}

/*
 * Seen to fail, each in its test: without lower() in the index; with a rename that leaves tasks alone, that adds a label which
 * the task has already, that reaches deleted tasks or other teams, or that has no bound.
 */
let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let eve: TestUser;
let viewer: TestUser;
let team: string;
const as = (user: TestUser): Client => new Client(app.url, user);

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bob = await app.user('developer', 'bob');
  eve = await app.user('developer', 'eve');
  viewer = await app.user('viewer', 'viewer');
  team = await app.team(ada, bob, viewer);
});

afterAll(() => app.close());

let names = 0;

/** A name that nothing else has. */
function newName(): string {
  names += 1;
  return `label-${names}`;
}

const create = (tag: object, user = ada, query = ''): Promise<Reply<Tag>> =>
  as(user).post<Tag>(`/tags${query}`, { teamId: team, ...tag });

async function newTag(name = newName(), color: string | null = null): Promise<Tag> {
  const { status, body, text } = await create({ name, color });
  if (status !== 201) throw new Error(text);
  return body.data;
}

async function newTask(tags: readonly string[], teamId = team, user = ada): Promise<Task> {
  return (await as(user).post<Task>('/tasks', { title: 'labelled', teamId, tags })).body.data;
}

const taskOf = async (id: string, user = ada): Promise<Task> => (await as(user).get<Task>(`/tasks/${id}`)).body.data;

describe('a tag', () => {
  it('is created, found, listed, changed and deleted', async () => {
    const name = newName();
    const made = await create({ name, color: '#D73A4A' });
    const { id } = made.body.data;
    const expected = { id, teamId: team, name, color: '#d73a4a', version: 1 };
    expect([made.status, made.headers.get('location'), made.headers.get('etag')]).toEqual([
      201,
      `/api/v1/tags/${id}`,
      '"1"',
    ]);
    expect(made.body.data).toEqual({ ...expected, createdAt: expect.any(String), updatedAt: expect.any(String) });
    expect((await as(viewer).get<Tag>(`/tags/${id}`)).body.data).toEqual(made.body.data);
    expect((await as(viewer).get<Tag[]>(`/tags?name=${name}`)).body.data).toEqual([made.body.data]);
    const changed = await as(bob).with({ 'if-match': '"1"' }).patch<Tag>(`/tags/${id}`, { color: '#00ff00' });
    expect(changed.body.data).toMatchObject({ name, color: '#00ff00', version: 2 });
    expect((await as(ada).patch<Tag>(`/tags/${id}`, { color: null })).body.data).toMatchObject({ color: null });
    expect((await as(ada).delete(`/tags/${id}`)).status).toBe(204);
    expect((await as(ada).get(`/tags/${id}`)).status).toBe(404);
  });

  it('belongs to the default team when none is named', async () => {
    const { body } = await as(eve).post<Tag>('/tags', { name: newName() });
    expect(body.data).toMatchObject({ teamId: eve.teamId, color: null });
  });

  it('is unique in its team regardless of case, also after a change', async () => {
    const { name } = await newTag();
    const other = await newTag();
    const refused = { status: 409, code: 'ALREADY_EXISTS', errors: [expect.objectContaining({ path: 'name' })] };
    expect((await create({ name: name.toUpperCase() })).body).toMatchObject(refused);
    expect((await as(ada).patch(`/tags/${other.id}`, { name: name.toUpperCase() })).body).toMatchObject(refused);
    expect((await as(ada).post('/tags', { teamId: ada.teamId, name })).status).toBe(201);
    expect((await as(ada).patch<Tag>(`/tags/${other.id}`, { name: other.name.toUpperCase() })).status).toBe(200);
  });

  it('has a name of 1 to 50 characters and a colour, and every problem is told at once', async () => {
    const problems = async (tag: object): Promise<unknown> =>
      (await create(tag)).body.errors?.map(({ path, code }) => [path, code]);
    expect(await problems({ name: 'x'.repeat(51), color: 'red', version: 2, mood: 1 })).toEqual(
      expect.arrayContaining([
        ['name', 'MAX_LENGTH'],
        ['color', 'MATCHES'],
        ['version', 'UNKNOWN_FIELD'],
        ['mood', 'UNKNOWN_FIELD'],
      ]),
    );
    expect(await problems({})).toEqual([['name', 'REQUIRED']]);
    expect(await problems({ name: ' ' })).toEqual([['name', 'MATCHES']]);
    for (const color of ['#12345', '#12345 ', '#12345g', '123456', '']) {
      expect([color, await problems({ name: newName(), color })]).toEqual([color, [['color', 'MATCHES']]]);
    }
    const { id } = await newTag('x'.repeat(50));
    for (const name of [null, '', ' ', ' bug', 'bug\n', 'x'.repeat(51)]) {
      expect([name, (await as(ada).patch(`/tags/${id}`, { name })).status]).toEqual([name, 400]);
    }
    expect((await as(ada).patch(`/tags/${id}`, { teamId: ada.teamId })).status).toBe(400);
  });

  it('is guarded by its version', async () => {
    const { id } = await newTag();
    await as(ada).patch(`/tags/${id}`, { color: '#000000' });
    const stale = as(ada).with({ 'if-match': '"1"' });
    for (const reply of [await stale.patch(`/tags/${id}`, { color: null }), await stale.delete(`/tags/${id}`)]) {
      expect([reply.status, reply.body.code, reply.headers.get('etag')]).toEqual([412, 'VERSION_MISMATCH', '"2"']);
    }
    expect((await as(ada).with({ 'if-none-match': '"2"' }).get(`/tags/${id}`)).status).toBe(304);
  });

  it('is created once under one Idempotency-Key, and not at all in a dry run', async () => {
    const name = newName();
    const dry = await create({ name }, ada, '?dryRun=true');
    expect([dry.status, dry.body.data.name]).toEqual([201, name]);
    const once = (): Promise<Reply<Tag>> =>
      as(ada).with({ 'idempotency-key': name }).post<Tag>('/tags', { teamId: team, name });
    const [first, again] = [await once(), await once()];
    expect([first.status, again.body.data]).toEqual([201, first.body.data]);
  });

  it('is for members, and changed by those who may write tasks', async () => {
    const { id, name } = await newTag();
    expect((await create({ name: newName() }, viewer)).status).toBe(403);
    expect((await as(viewer).patch(`/tags/${id}`, { color: null })).status).toBe(403);
    expect((await as(viewer).delete(`/tags/${id}`)).status).toBe(403);
    expect((await create({ name: newName() }, eve)).status).toBe(404);
    expect((await as(eve).get(`/tags/${id}`)).status).toBe(404);
    expect((await as(eve).patch(`/tags/${id}`, { color: null })).status).toBe(404);
    expect((await as(eve).delete(`/tags/${id}`)).status).toBe(404);
    expect((await as(eve).get<Tag[]>(`/tags?name=${name}`)).body.data).toEqual([]);
  });

  it('is in the trail and in the events of its team', async () => {
    const stream = app.app.get(EventStream);
    await stream.settle();
    const since = await stream.latest();
    const { id, name } = await newTag();
    await as(ada).patch(`/tags/${id}`, { color: '#000000' });
    await as(ada).delete(`/tags/${id}`);
    await stream.settle();
    const { data } = (
      await as(bob).get<{ type: string; subject: string; data: Tag }[]>(`/changes?since=${since}&types=tag.*`)
    ).body;
    expect(data.map((event) => [event.type, event.subject, event.data.name, event.data.color])).toEqual([
      ['tag.created', `tags/${id}`, name, null],
      ['tag.updated', `tags/${id}`, name, '#000000'],
      ['tag.deleted', `tags/${id}`, name, '#000000'],
    ]);
    const trail = await app.sql<{ operation: string; user_id: string }>(
      `select operation, user_id from audit_logs where table_name = 'tags' and record_id = $1 order by id`,
      [id],
    );
    expect(trail).toEqual(['INSERT', 'UPDATE', 'DELETE'].map((operation) => ({ operation, user_id: ada.id })));
    const graph = await new GraphqlClient(app.url, ada).run(
      `{ tags(first: 1, filter: { name: "${name}" }) { totalCount } }`,
    );
    expect(graph.data).toEqual({ tags: { totalCount: 0 } });
  });
});

describe('another name of a tag', () => {
  it('replaces the label where it stands, with a new version of each task', async () => {
    const { id, name } = await newTag();
    const to = newName();
    const task = await newTask(['a', name, 'b']);
    const both = await newTask([to, name]);
    const other = await newTask(['a', name.toUpperCase()]);
    expect((await as(bob).patch<Tag>(`/tags/${id}`, { name: to })).body.data).toMatchObject({ name: to, version: 2 });
    expect(await taskOf(task.id)).toMatchObject({ tags: ['a', to, 'b'], version: 2 });
    expect(await taskOf(both.id)).toMatchObject({ tags: [to], version: 2 });
    // A label in other letters is another label.
    expect(await taskOf(other.id)).toEqual(other);
    expect((await as(ada).get<Task[]>(`/tasks?tags=${to}&sort=createdAt`)).body.data.map((one) => one.id)).toEqual([
      task.id,
      both.id,
    ]);
  });

  it('is told of each task, by whom it was given', async () => {
    const { id, name } = await newTag();
    const task = await newTask([name]);
    const stream = app.app.get(EventStream);
    await stream.settle();
    const since = await stream.latest();
    await as(bob).patch(`/tags/${id}`, { name: newName() });
    await stream.settle();
    const { data } = (await as(ada).get<{ type: string; subject: string }[]>(`/changes?since=${since}`)).body;
    expect(data.map(({ type, subject }) => [type, subject])).toEqual([
      ['tag.updated', `tags/${id}`],
      ['task.updated', `tasks/${task.id}`],
    ]);
    const [entry] = await app.sql(
      `select user_id from audit_logs where table_name = 'tasks' and record_id = $1 order by id desc limit 1`,
      [task.id],
    );
    expect(entry).toEqual({ user_id: bob.id });
  });

  it('leaves deleted tasks and those of other teams alone', async () => {
    const { id, name } = await newTag();
    const mine = await newTask([name], ada.teamId);
    const gone = await newTask([name]);
    await as(ada).delete(`/tasks/${gone.id}`);
    await as(ada).patch(`/tags/${id}`, { name: newName() });
    expect(await taskOf(mine.id)).toEqual(mine);
    expect((await as(ada).post<Task>(`/tasks/${gone.id}/restore`)).body.data.tags).toEqual([name]);
  });

  it('leaves tasks alone when only the colour changes, or in a dry run', async () => {
    const { id, name } = await newTag();
    const task = await newTask([name]);
    await as(ada).patch(`/tags/${id}`, { name, color: '#000000' });
    await as(ada).patch(`/tags/${id}?dryRun=true`, { name: newName() });
    expect(await taskOf(task.id)).toEqual(task);
  });

  it('is refused while more than 1,000 tasks have the label, and nothing changes', async () => {
    const { id, name } = await newTag();
    await app.sql(
      `insert into tasks (team_id, title, tags, created_by)
select $1, 'many', jsonb_build_array($2::text), $3 from generate_series(1, 1000)`,
      [team, name, ada.id],
    );
    const one = await newTask([name]);
    const refused = await as(ada).patch(`/tags/${id}`, { name: newName() });
    expect(refused.body).toMatchObject({
      status: 422,
      code: 'RULE_VIOLATED',
      detail: expect.stringContaining('1,000'),
    });
    expect((await as(ada).get<Tag>(`/tags/${id}`)).body.data).toMatchObject({ name, version: 1 });
    await as(ada).patch(`/tasks/${one.id}`, { tags: [] });
    const to = newName();
    expect((await as(ada).patch(`/tags/${id}`, { name: to })).status).toBe(200);
    const [counted] = await app.sql('select count(*)::int as n from tasks where tags @> jsonb_build_array($1::text)', [
      to,
    ]);
    expect(counted).toEqual({ n: 1_000 });
  });
});

describe('a deleted tag', () => {
  it('leaves its label on the tasks', async () => {
    const { id, name } = await newTag();
    const task = await newTask([name]);
    await as(ada).delete(`/tags/${id}`);
    expect(await taskOf(task.id)).toEqual(task);
  });
});
