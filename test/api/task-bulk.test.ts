import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Reply } from '../support/client.js';
import { ABSENT, full, refusal, TaskSuite } from './task-suite.js';

/**
 * Many operations in one request, and dry runs.
 * Seen to fail: without `tx.attempt`, with an atomic request that continued after a failure, and with a dry run that
 * committed.
 */
let suite: TaskSuite;

beforeAll(async () => {
  suite = await TaskSuite.start();
});

afterAll(() => suite.app.close());

describe('a bulk request', () => {
  const bulk = (operations: object[], more: object = {}, query = ''): Promise<Reply<Record<string, unknown>[]>> =>
    suite.client.post<Record<string, unknown>[]>(`/tasks/bulk${query}`, { ...more, operations });

  async function titled(prefix: string): Promise<number> {
    const [row] = await suite.app.sql<{ n: number }>(
      'select count(*)::int as n from public.tasks where title like $1 and deleted_at is null',
      [`${prefix}%`],
    );
    return row?.n ?? -1;
  }

  it('executes each operation separately, in order, and reports each result', async () => {
    const [kept, gone] = [await suite.create(), await suite.create()];
    const { status, body } = await bulk([
      { op: 'create', task: { title: 'each 1' } },
      { op: 'create', task: { title: '' } },
      { op: 'update', id: kept.id, patch: { priority: 'high' }, ifMatch: 1 },
      { op: 'update', id: kept.id, patch: { priority: 1 }, ifMatch: 1 },
      { op: 'update', id: ABSENT, patch: { priority: 1 } },
      { op: 'delete', id: gone.id },
      { op: 'delete', id: gone.id },
      { op: 'create', task: { title: 'each 2', assigneeId: suite.bob.id } },
      { op: 'create', task: { title: 'each 3' } },
    ]);
    expect(status).toBe(200);
    expect(body.data.map(({ index, status: each }) => [index, each])).toEqual(
      [201, 400, 200, 412, 404, 204, 404, 422, 201].map((each, index) => [index, each]),
    );
    expect(body.data[1]).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    expect(body.data[2]).toMatchObject({ id: kept.id, version: 2 });
    expect(await titled('each')).toBe(2);
    expect(await suite.read(kept.id)).toMatchObject({ priority: 8, version: 2 });
  });

  // Seen to fail: with every ETag taken for the version that it holds.
  it.each([
    ['the current version', 2, 200],
    ['an older version', 1, 412],
    ['the current ETag', '"2"', 200],
    ['an older ETag', '"1"', 412],
    ['a weak one', 'W/"2"', 412],
    ['one of a proxy', '"2-gzip"', 412],
    ['any', '*', 200],
    ['the current one of a list', '"1", "2"', 200],
    ['one without quotes', '2', 400],
    ['nothing', '', 400],
    ['a version that there cannot be', 0, 400],
    ['another type', ['"2"'], 400],
  ])('compares ifMatch as If-Match is compared: %s', async (_, ifMatch, expected) => {
    for (const [op, success] of [
      ['update', 200],
      ['delete', 204],
    ] as const) {
      const { id } = await suite.create();
      await suite.client.patch(`/tasks/${id}`, { title: 'x' });
      const change = op === 'update' ? { patch: { title: 'y' } } : {};
      const { body } = await bulk([{ op, id, ...change, ifMatch }]);
      const [result] = body.data as { status: number; error?: { etag?: string } }[];
      expect([op, result?.status]).toEqual([op, expected === 200 ? success : expected]);
      expect(result?.error?.etag).toBe(expected === 412 ? '"2"' : undefined);
    }
  });

  it('is all or nothing when atomic, and names the operation that failed', async () => {
    const { id } = await suite.create();
    const refused = await bulk(
      [
        { op: 'create', task: { title: 'atomic 1' } },
        { op: 'delete', id },
        { op: 'update', id: ABSENT, patch: { title: 'x' } },
      ],
      { atomic: true },
    );
    expect(refusal(refused)).toEqual([404, ['operations[2]', 'NOT_FOUND']]);
    expect([await titled('atomic'), (await suite.read(id)).version]).toEqual([0, 1]);
    const invalid = [
      { op: 'create', task: { title: '' } },
      { op: 'create', task: { title: 'atomic 2' } },
      { op: 'update', id, patch: { x: 1 } },
    ];
    const paths = (await bulk(invalid, { atomic: true })).body.errors?.map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['operations[0].task.title', 'operations[2].patch.x']));
    expect(await titled('atomic')).toBe(0);
  });

  it('accepts 1,000 operations and refuses 1,001, none, and invalid combinations', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ op: 'create', task: { title: `many ${index}` } }));
    expect((await bulk(many, { atomic: true })).body.data).toHaveLength(1_000);
    expect(await titled('many')).toBe(1_000);
    expect((await bulk([...many, many[0]!])).status).toBe(400);
    expect((await bulk([])).status).toBe(400);
    const misfits = [
      { op: 'delete' },
      { op: 'create', id: ABSENT, task: { title: 'x' } },
      { op: 'update', id: ABSENT, task: { title: 'x' } },
      { op: 'upsert', id: ABSENT },
      null,
      'delete',
    ];
    const { body } = await bulk(misfits as object[]);
    expect(body.data.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
  });
});

describe('a dry run', () => {
  /** Everything that a write could change, including counters. */
  async function everything(): Promise<unknown> {
    return suite.app.sql(
      `select
  (select json_agg(t order by t.id) from public.tasks t) as tasks,
  (select json_agg(l order by l.project_key, l.list) from public.task_lists l) as lists,
  (select json_agg(p order by p.id) from public.projects p) as projects,
  (select json_agg(k order by k.key) from public.idempotency_keys k) as keys`,
    );
  }

  it('answers like the write and changes no row, number, version or key', async () => {
    const tasks = await suite.project();
    const parent = await suite.create(full, tasks);
    const gone = await suite.create();
    await suite.client.delete(`/tasks/${gone.id}`);
    const before = await everything();
    const keyed = suite.client.with({ 'idempotency-key': 'rehearsal' });
    const asked: [string, string, unknown, number][] = [
      ['POST', '/tasks', { title: 'x' }, 201],
      ['POST', tasks, { title: 'x', list: 'unseen' }, 201],
      ['POST', tasks, { title: 'x', parentRef: '1' }, 201],
      ['PATCH', `/tasks/${parent.id}`, { title: 'x' }, 200],
      ['PUT', `/tasks/${parent.id}`, { title: 'x' }, 200],
      ['POST', `/tasks/${parent.id}/complete`, undefined, 200],
      ['DELETE', `/tasks/${parent.id}`, undefined, 204],
      ['POST', `/tasks/${gone.id}/restore`, undefined, 200],
      [
        'POST',
        '/tasks/bulk',
        {
          operations: [
            { op: 'create', task: { title: 'x' } },
            { op: 'delete', id: parent.id },
          ],
        },
        200,
      ],
      ['POST', '/tasks', { title: 'x', assigneeId: suite.bob.id }, 422],
      ['PATCH', `/tasks/${ABSENT}`, { title: 'x' }, 404],
      ['POST', '/tasks', { title: '' }, 400],
    ];
    for (const [method, path, body, status] of asked) {
      const reply = await keyed.call(method, `${path}?dryRun=true`, body);
      expect([method, path, reply.status]).toEqual([method, path, status]);
    }
    expect(await everything()).toEqual(before);
    expect((await suite.client.post('/tasks?dryRun=perhaps', { title: 'x' })).status).toBe(400);
  });
});
