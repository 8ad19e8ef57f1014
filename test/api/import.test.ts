import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import type { DataObject } from '../support/tasks-json.arbitrary.js';

import { head, sendRaw } from './raw-request.js';

interface Report {
  created: number;
  updated: number;
  unchanged: number;
  deleted: number;
  conflicts: { ref: string; code: string; field: string | null; file: unknown; project: unknown }[];
  deletions: { list: string; ref: string; title: string }[];
  normalisations: { path: string; code: string; message: string }[];
}

interface Task {
  id: string;
  ref: string;
  title: string;
  status: string;
  priority: number;
  version: number;
  parentTaskId: string | null;
  assignedTo: string | null;
  assigneeId: string | null;
  createdAt: string;
  completedAt: string | null;
}

let app: TestApp;
let ada: TestUser;
let eve: TestUser;
let viewer: TestUser;
let team: string;
let keys = 0;
const as = (user: TestUser): Client => new Client(app.url, user);

/** Creates a project of the shared team and returns its path. */
async function newProject(): Promise<string> {
  keys += 1;
  const { status } = await as(ada).post('/projects', { projectKey: `i${keys}`, name: 'x', teamId: team });
  expect(status).toBe(201);
  return `/projects/i${keys}`;
}

const load = (path: string, file: unknown, query = ''): Promise<Reply<Report>> =>
  as(ada).post<Report>(`${path}/import${query}`, file);

async function counts(path: string, file: unknown, query = ''): Promise<number[]> {
  const { status, body } = await load(path, file, query);
  expect(status).toBe(200);
  return [body.data.created, body.data.updated, body.data.unchanged, body.data.deleted];
}

const exported = async (path: string, query = ''): Promise<string> =>
  (await as(ada).get(`${path}/export${query}`)).text;
const task = async (path: string, ref: string, query = ''): Promise<Task> =>
  (await as(ada).get<Task>(`${path}/tasks/${ref}${query}`)).body.data;
const refsOf = async (path: string): Promise<string[]> =>
  (await as(ada).get<Task[]>(`${path}/tasks?limit=100&sort=ref`)).body.data.map(({ ref }) => ref);
/** Triggers maintain the counters elsewhere; an import writes those of new tasks itself. */
async function expectCounters(): Promise<void> {
  const wrong = await app.sql(
    `select t.ref, t.dependency_count, t.open_dependencies, c.total, c.open
from tasks t
cross join lateral (
  select
    count(*)::int as total,
    count(*) filter (where p.status <> 'completed' and p.deleted_at is null)::int as open
  from task_dependencies d
  join tasks p on p.team_id = d.team_id and p.id = d.parent_task_id
  where d.team_id = t.team_id
    and d.child_task_id = t.id
) c
where (t.dependency_count, t.open_dependencies) <> (c.total, c.open)`,
  );
  expect(wrong).toEqual([]);
}

const pretty = (file: unknown): string => JSON.stringify(file, null, 2);

const small = {
  master: {
    tasks: [
      {
        id: 1,
        title: 'One',
        status: 'done',
        priority: 'high',
        dependencies: [],
        updatedAt: '2026-01-02T03:04:05.678Z',
      },
      {
        id: 15,
        title: 'Fifteen',
        status: 'pending',
        dependencies: [1],
        metadata: { points: 5, jira: 'X-1', a: { z: 1, b: [null] } },
        subtasks: [
          { id: 1, title: 'First', status: 'pending', dependencies: [] },
          { id: 2, title: 'Second', status: 'pending', dependencies: [1, '15.1.7'], odd: { zz: 1, a: 2 } },
        ],
      },
    ],
    metadata: { version: '1.0.0', created: '2026-01-01T00:00:00.000Z' },
  },
  'feature-x': { tasks: [{ id: 1, title: 'Elsewhere' }], metadata: {} },
};
/** Without the dangling dependency. */
const clean = JSON.parse(JSON.stringify(small).replace(',"15.1.7"', '')) as typeof small;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  eve = await app.user('developer', 'eve');
  viewer = await app.user('viewer', 'vic');
  team = await app.team(ada, viewer);
});

afterEach(expectCounters);

afterAll(() => app.close());

describe('an import', () => {
  it('creates tasks with their numbers, lists and dependencies, and reports what it could not keep', async () => {
    const path = await newProject();
    const { status, body } = await load(path, small);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      projectId: expect.any(String),
      created: 5,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      conflicts: [],
      deletions: [],
      normalisations: [
        {
          path: 'master.tasks[1].subtasks[1].dependencies[1]',
          code: 'DEPENDENCY_MISSING',
          message: '15.1.7 is not in the list; dropped',
        },
      ],
    });
    const parent = await task(path, '15');
    expect(await task(path, '15.2')).toMatchObject({ title: 'Second', parentTaskId: parent.id, priority: 5 });
    expect(await task(path, '1')).toMatchObject({
      status: 'completed',
      priority: 8,
      completedAt: '2026-01-02T03:04:05.678+00:00',
    });
    expect(await task(path, '1', '?list=feature-x')).toMatchObject({ title: 'Elsewhere' });
    const [edges] = await app.sql<{ named: string[] }>(
      `select array_agg(c.ref || ' ' || p.ref order by c.ref) as named
from task_dependencies d
join tasks c on c.id = d.child_task_id
join tasks p on p.id = d.parent_task_id
where c.project_key = $1`,
      [path.split('/').at(-1)],
    );
    expect(edges!.named).toEqual(['15 1', '15.2 15.1']);
  });

  // Seen to fail: when the source was written, or a row's version raised, although nothing had changed.
  it('changes nothing the second time', async () => {
    const path = await newProject();
    await load(path, small);
    const before = await app.sql('select * from tasks where project_key = $1 order by id', [path.split('/').at(-1)]);
    expect(await counts(path, small)).toEqual([0, 0, 5, 0]);
    expect(await app.sql('select * from tasks where project_key = $1 order by id', [path.split('/').at(-1)])).toEqual(
      before,
    );
    expect(await counts(path, clean)).toEqual([0, 0, 5, 0]);
  });

  it('changes no version when only the layout differs, and exports the new layout', async () => {
    const path = await newProject();
    await load(path, clean);
    const [one, ...others] = clean.master.tasks;
    const { title, ...rest } = one!;
    const reformatted = { ...clean, master: { ...clean.master, tasks: [{ title, extra: 1, ...rest }, ...others] } };
    expect(await counts(path, reformatted)).toEqual([0, 0, 5, 0]);
    expect(await exported(path)).toBe(pretty(reformatted));
    expect(await task(path, '1')).toMatchObject({ version: 1, updatedAt: '2026-01-02T03:04:05.678+00:00' });
  });

  it('is exported byte for byte', async () => {
    const path = await newProject();
    await load(path, small);
    const answer = await as(viewer).get(`${path}/export`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.text).toBe(pretty(clean));
    expect(await exported(path, '?list=feature-x')).toBe(pretty({ 'feature-x': clean['feature-x'] }));
    expect(await counts(path, await exported(path))).toEqual([0, 0, 5, 0]);
  });

  it('writes nothing in a dry run, and reports what it would do', async () => {
    const path = await newProject();
    expect(await counts(path, small, '?dryRun=true')).toEqual([5, 0, 0, 0]);
    expect(await exported(path)).toBe('{}');
    await load(path, small);
    const changed = { master: { tasks: [{ id: 1, title: 'New' }] } };
    expect(await counts(path, changed, '?dryRun=true&prune=true')).toEqual([0, 1, 0, 4]);
    expect(await exported(path)).toBe(pretty(clean));
  });

  it('happens once under an Idempotency-Key', async () => {
    const path = await newProject();
    const keyed = as(ada).with({ 'idempotency-key': 'import-once' });
    const first = await keyed.post(`${path}/import`, small);
    expect((await keyed.post(`${path}/import`, small)).text).toBe(first.text);
    expect((await keyed.post(`${path}/import`, clean)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('numbers later tasks above all imported ones', async () => {
    const path = await newProject();
    await load(path, { master: { tasks: [{ id: 40, title: 'x', subtasks: [{ id: 9, title: 'y' }] }] } });
    expect((await as(ada).post<Task>(`${path}/tasks`, { title: 'next' })).body.data.ref).toBe('41');
    expect((await as(ada).post<Task>(`${path}/tasks`, { title: 'next', parentRef: '40' })).body.data.ref).toBe('40.10');
    await as(ada).delete(`${path}/tasks/41`);
    expect((await as(ada).post<Task>(`${path}/tasks`, { title: 'next' })).body.data.ref).toBe('42');
  });

  it('imports a single list of the file on request', async () => {
    const path = await newProject();
    expect(await counts(path, small, '?list=feature-x')).toEqual([1, 0, 0, 0]);
    expect(await exported(path)).toBe(pretty({ 'feature-x': clean['feature-x'] }));
    expect(await counts(path, { tasks: [{ id: 1, title: 'flat' }] }, '?list=other')).toEqual([1, 0, 0, 0]);
    const missing = await load(path, small, '?list=absent');
    expect(missing.body.errors).toEqual([{ path: 'query.list', message: 'is not in the file', code: 'UNKNOWN_LIST' }]);
    expect((await as(ada).get(`${path}/export?list=absent`)).status).toBe(404);
  });

  it('assigns a task to the member with that name', async () => {
    const path = await newProject();
    await load(path, {
      master: {
        tasks: [
          { id: 1, title: 'x', assignee: 'ADA' },
          { id: 2, title: 'y', assignee: 'Eve' },
        ],
      },
    });
    expect(await task(path, '1')).toMatchObject({ assignedTo: 'ADA', assigneeId: ada.id });
    expect(await task(path, '2')).toMatchObject({ assignedTo: 'Eve', assigneeId: null });
  });
});

describe('a project that has changed since its import', () => {
  it('exports current values, and everything else as it was in the file', async () => {
    const path = await newProject();
    await load(path, clean);
    const changed = await as(ada).patch<Task & { updatedAt: string }>(`${path}/tasks/15.1`, {
      status: 'done',
      priority: 7,
    });
    await as(ada).post(`${path}/tasks`, { title: 'Born here', parentRef: '15', priority: 'low', tags: ['new'] });
    const file = JSON.parse(await exported(path)) as typeof clean;
    const [, fifteen] = file.master.tasks;
    expect(fifteen!.subtasks![0]).toEqual({
      id: 1,
      title: 'First',
      status: 'done',
      dependencies: [],
      metadata: { _tm: { priority: 7 } },
      updatedAt: new Date(changed.body.data.updatedAt).toISOString(),
      priority: 'high',
    });
    expect(fifteen!.subtasks![1]).toEqual(clean.master.tasks[1]!.subtasks![1]);
    expect(fifteen!.subtasks![2]).toMatchObject({ id: 3, title: 'Born here', status: 'pending', tags: ['new'] });
    expect(file['feature-x']).toEqual(clean['feature-x']);
    expect(await counts(path, file)).toEqual([0, 0, 6, 0]);
  });

  it('keeps what was changed in it when the file is imported again', async () => {
    const path = await newProject();
    await load(path, clean);
    await as(ada).patch(`${path}/tasks/1`, { title: 'Renamed', assignedTo: 'ada', dueDate: '2027-01-01T00:00:00Z' });
    expect(await counts(path, clean)).toEqual([0, 0, 5, 0]);
    expect(await task(path, '1')).toMatchObject({
      title: 'Renamed',
      assignedTo: 'ada',
      assigneeId: ada.id,
      dueDate: '2027-01-01T00:00:00+00:00',
      version: 2,
    });
    expect(JSON.parse(await exported(path)).master.tasks[0]).toMatchObject({ title: 'Renamed', assignee: 'ada' });
  });

  it('loses values that the file no longer contains', async () => {
    const path = await newProject();
    await load(path, { master: { tasks: [{ id: 1, title: 'x', assignee: 'ada', priority: 'high' }] } });
    expect(await counts(path, { master: { tasks: [{ id: 1, title: 'x' }] } })).toEqual([0, 1, 0, 0]);
    expect(await task(path, '1')).toMatchObject({ assignedTo: null, assigneeId: null, priority: 5 });
  });

  it('keeps tasks that are missing from the file, unless it prunes', async () => {
    const path = await newProject();
    await load(path, clean);
    await as(ada).post(`${path}/tasks`, { title: 'Born here' });
    await as(ada).post(`${path}/tasks`, { title: 'Born here', parentRef: '15.1' });
    const less = { master: { tasks: [clean.master.tasks[0]], metadata: {} } };
    expect(await counts(path, less)).toEqual([0, 0, 1, 0]);
    // 15.1 has a subtask that the file never had, so that it stays, and so does 15, in which it lies.
    const { body } = await load(path, less, '?prune=true&list=master');
    expect(body.data).toMatchObject({ unchanged: 1, deleted: 1, deletions: [{ ref: '15.2' }] });
    expect(body.data.conflicts).toMatchObject([{ ref: '15.1', code: 'DELETED_IN_FILE' }]);
    expect(await counts(path, less, '?prune=true&list=master&conflicts=theirs')).toEqual([0, 0, 1, 3]);
    expect(await refsOf(path)).toEqual(['1', '1', '16']);
    expect(await counts(path, less, '?prune=true')).toEqual([0, 0, 1, 1]);
    expect(await refsOf(path)).toEqual(['1', '16']);
    expect(Object.keys(JSON.parse(await exported(path)))).toEqual(['master']);
    // Numbers stay reserved; a task that reappears in the file is the same one.
    expect(await counts(path, clean)).toEqual([0, 4, 1, 0]);
    expect(await exported(path, '?list=feature-x')).toBe(pretty({ 'feature-x': clean['feature-x'] }));
  });

  it('never gets a cycle: dependencies added in the service stay', async () => {
    const path = await newProject();
    const plain = {
      master: {
        tasks: [
          { id: 1, title: 'a' },
          { id: 2, title: 'b' },
        ],
        metadata: {},
      },
    };
    await load(path, plain);
    const [one, two] = [await task(path, '1'), await task(path, '2')];
    await app.sql('insert into task_dependencies (team_id, child_task_id, parent_task_id) values ($1, $2, $3)', [
      team,
      one.id,
      two.id,
    ]);
    const closing = {
      master: {
        tasks: [
          { id: 1, title: 'a' },
          { id: 2, title: 'b', dependencies: [1] },
        ],
        metadata: {},
      },
    };
    const { body } = await load(path, closing);
    expect(body.data.normalisations).toMatchObject([{ code: 'DEPENDENCY_CYCLE', path: 'master: 2' }]);
    expect(JSON.parse(await exported(path)).master.tasks).toMatchObject([{ dependencies: [2] }, { dependencies: [] }]);
  });
});

describe('an import that is refused', () => {
  it('reports all problems of the file, and writes nothing', async () => {
    const path = await newProject();
    const { status, body } = await load(path, {
      master: { tasks: [{ id: 1, title: 'fine' }, { id: 1, title: 3, status: 'wip' }, 7] },
    });
    expect(status).toBe(400);
    expect(body.code).toBe('VALIDATION_FAILED');
    expect(body.errors!.map(({ path: at, code }) => [at, code])).toEqual([
      ['master.tasks[1].id', 'DUPLICATE_ID'],
      ['master.tasks[1].title', 'WRONG_TYPE'],
      ['master.tasks[1].status', 'UNKNOWN_WORD'],
      ['master.tasks[2]', 'WRONG_TYPE'],
    ]);
    expect(await exported(path)).toBe('{}');
  });

  it('is not JSON, or not for this caller', async () => {
    const path = await newProject();
    expect((await load(path, '{"master":')).body.code).toBe('MALFORMED_BODY');
    expect((await load(path, '{"master":{"tasks":[]},"master":{"tasks":[]}}')).body.errors).toMatchObject([
      { path: 'master', code: 'DUPLICATE_KEY' },
    ]);
    expect((await as(viewer).post(`${path}/import`, small)).status).toBe(403);
    expect((await as(eve).post(`${path}/import`, small)).status).toBe(404);
    expect((await as(eve).get(`${path}/export`)).status).toBe(404);
    expect((await new Client(app.url).post(`${path}/import`, small)).status).toBe(401);
    expect((await load(path, small, '?prune=maybe&colour=1')).status).toBe(400);
    expect((await load('/projects/absent', small)).status).toBe(404);
  });

  it('is larger than 64 MiB, while other routes take 1 MiB', async () => {
    const path = await newProject();
    const send = async (to: string, bytes: number): Promise<number | undefined> => {
      const headers = { 'x-api-key': ada.key, 'content-type': 'application/json', 'content-length': String(bytes) };
      return (await sendRaw(app.url, head(`POST /api/v1${to}`, headers)))?.status;
    };
    expect(await send(`${path}/import`, 64 * 1024 * 1024 + 1)).toBe(413);
    expect(await send('/tasks', 1024 * 1024 + 1)).toBe(413);
    const padded = `${' '.repeat(2 * 1024 * 1024)}${JSON.stringify(clean)}`;
    expect(await counts(path, padded)).toEqual([5, 0, 0, 0]);
  });

  it('waits for a concurrent import', async () => {
    const path = await newProject();
    const reports = await Promise.all(Array.from({ length: 4 }, () => counts(path, clean)));
    expect(reports.toSorted()).toEqual([
      [0, 0, 5, 0],
      [0, 0, 5, 0],
      [0, 0, 5, 0],
      [5, 0, 0, 0],
    ]);
  });
});

describe('files', () => {
  const folder = (name: string): string => join(import.meta.dirname, '../fixtures', name);
  const read = (name: string, file: string): DataObject =>
    JSON.parse(readFileSync(join(folder(name), file), 'utf8')) as DataObject;

  it.each(readdirSync(folder('tasks-json')))('%s comes back from the database', async (name) => {
    const path = await newProject();
    const file = read('tasks-json', name);
    const { body } = await load(path, file);
    const first = await exported(path);
    expect(await counts(path, file)).toEqual([0, 0, body.data.created, 0]);
    expect(await exported(path)).toBe(first);
    expect(await counts(path, first)).toEqual([0, 0, body.data.created, 0]);
    expect(await exported(path)).toBe(first);
    if (body.data.normalisations.length === 0) expect(first).toBe(pretty(file));
  });

  it.each(readdirSync(folder('next')))('%s has the next task that it says', async (name) => {
    const path = await newProject();
    const { file, next } = read('next', name) as { file: DataObject; next: string | null };
    await load(path, file);
    const { body } = await as(ada).get<Task[]>(`/tasks/next?projectKey=${path.split('/').at(-1)}&limit=1`);
    expect(body.data.map(({ ref }) => ref)).toEqual(next === null ? [] : [next]);
  });

  it('of 5,000 tasks are imported, compared and written back', async () => {
    const path = await newProject();
    const tasks = Array.from({ length: 5_000 }, (_item, index) => ({
      id: index + 1,
      title: `Task ${index + 1}`,
      description: 'A few sentences about it. '.repeat(8),
      details: 'Implementation notes. '.repeat(70),
      status: index % 3 === 0 ? 'done' : 'pending',
      priority: 'medium',
      dependencies: index === 0 ? [] : [index],
      metadata: { z: index, a: 'x' },
    }));
    const file = { master: { tasks, metadata: {} } };
    expect(await counts(path, file)).toEqual([5_000, 0, 0, 0]);
    expect(await counts(path, file)).toEqual([0, 0, 5_000, 0]);
    // Not toBe: Jest takes too long to print a difference between texts of ten megabytes.
    expect((await exported(path)) === pretty(file)).toBe(true);
  }, 240_000);
});
