import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import type { Condition, Order, Row } from './task-oracle.js';
import { conditions, ORACLE, orders, sortParameter, sortedIds } from './task-oracle.js';
import { thoroughness } from '../support/thoroughness.js';

/**
 * Lists compared with a plain filter and sort over all rows.
 * Seen to fail within a few runs: with `>=` for `>` in `after`, without the id in the keyset, with a fixed direction,
 * without the coalesce of a nullable sort key, and with `ref` sorted as text.
 */
const SEED = 20_261_121;

interface Item {
  id: string;
  title: string;
}

const words = {
  status: ['pending', 'in_progress', 'completed', 'failed', 'cancelled'],
  stage: ['review', 'blocked', 'deferred'],
  type: ['general', 'bug', 'none-of-it'],
  projectKey: ['alpha', 'beta', 'gamma'],
  list: ['master', 'next', 'other'],
  assignedTo: ['ada', 'a person outside', 'nobody'],
};
const tags = ['a', 'b', 'c', 'never'];

let app: TestApp;
let ada: TestUser;
let client: Client;
let rows: Row[];

const list = (query: string, as = client): Promise<Reply<Item[]>> => as.get<Item[]>(`/tasks?${query}`);
const ids = (reply: Reply<Item[]>): string[] => reply.body.data.map(({ id }) => id);

/** Rows of every kind, written by one statement, so that many share a timestamp. */
async function fill(user: TestUser): Promise<void> {
  await app.sql(
    `insert into public.projects (team_id, project_key, name)
select $1, k, k from unnest('{alpha,beta,gamma}'::text[]) k`,
    [user.teamId],
  );
  await app.sql(
    `insert into public.task_lists (team_id, project_key, list, next_ref)
select $1, k, l, 100 from unnest('{alpha,beta,gamma}'::text[]) k, unnest('{master,next,other}'::text[]) l`,
    [user.teamId],
  );
  await app.sql(
    `insert into public.tasks (
  team_id, title, status, stage, type, priority, complexity_score, project_key, list, ref, assignee_id, assigned_to,
  created_by, tags, due_date, remind_at, created_at
)
select
  $1, 'task ' || (n % 40), (array['pending', 'in_progress', 'completed', 'failed', 'cancelled'])[n % 5 + 1],
  case n % 15 when 0 then 'blocked' when 1 then 'review' when 5 then 'deferred' end,
  (array['general', 'bug'])[n % 2 + 1], n % 11, n % 10 + 1,
  case when n % 3 < 2 then (array['alpha', 'beta'])[n % 3 + 1] end,
  case when n % 3 < 2 then (array['master', 'next'])[n % 2 + 1] end,
  case when n % 3 < 2 then (n / 6 + 1) || case when n % 4 = 0 then '.' || (n % 12) else '' end end,
  case when n % 4 = 0 then $2::uuid end, case n % 4 when 0 then 'ada' when 1 then 'a person outside' end,
  case when n % 7 > 0 then $2::uuid end,
  to_jsonb((array['a', 'b', 'c'])[1:n % 4]),
  case when n % 3 > 0 then timestamptz '2026-03-01' + (n % 20) * interval '1 day 0.123457 s' end,
  case when n % 5 = 0 then timestamptz '2026-02-28 23:59:59.999999Z' + (n % 9) * interval '1 h' end,
  timestamptz '2026-01-01' + (n % 13) * interval '1.000001 s'
from generate_series(0, 239) n
on conflict do nothing`,
    [user.teamId, user.id],
  );
  await app.sql(
    `update public.tasks t
set parent_task_id = p.id
from public.tasks p
where t.team_id = $1
  and p.team_id = t.team_id
  and p.project_key = t.project_key
  and p.list = t.list
  and t.ref like '%.%'
  and p.ref = split_part(t.ref, '.', 1)`,
    [user.teamId],
  );
}

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  client = new Client(app.url, ada);
  await fill(ada);
  rows = await app.sql<Row & Record<string, unknown>>(ORACLE, [ada.teamId]);
});

afterAll(() => app.close());

/** All pages from the first to the last, by cursor. */
async function walk(query: string, between: () => Promise<void> = async () => undefined): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const reply: Reply<Item[]> = await list(`${query}&fields=id&cursor=${cursor}`);
    expect(reply.status).toBe(200);
    const { hasMore, nextCursor } = reply.body.pagination!;
    expect(hasMore).toBe(nextCursor !== null);
    found.push(...ids(reply));
    cursor = nextCursor;
    await between();
  }
  return found;
}

const queryOf = (filters: readonly Condition[], order: readonly Order[]): string =>
  [...filters.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`), `sort=${sortParameter(order)}`].join(
    '&',
  );

describe('a list of tasks', () => {
  it('equals a plain filter and sort over all rows, page by page', async () => {
    expect(rows.length).toBeGreaterThan(150);
    const filters = fc.uniqueArray(conditions(rows, words, tags), { selector: ({ name }) => name, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(filters, orders, fc.integer({ min: 5, max: 100 }), async (wanted, order, limit) => {
        const expected = sortedIds(
          rows.filter((row) => wanted.every(({ holds }) => holds(row))),
          order,
        );
        const query = queryOf(wanted, order);
        expect(await walk(`${query}&limit=${limit}`)).toEqual(expected);
        const offset = Math.min(expected.length, 7);
        const page = await list(`${query}&limit=${limit}&offset=${offset}`);
        expect(ids(page)).toEqual(expected.slice(offset, offset + limit));
        const hasMore = expected.length > offset + limit;
        expect(page.body.pagination).toMatchObject({ total: expected.length, limit, offset, hasMore });
      }),
      { numRuns: thoroughness.listExamples, seed: SEED },
    );
  }, 180_000);

  it('is newest first by default', async () => {
    const expected = sortedIds(rows, [{ field: 'createdAt', descending: true }]);
    const page = await list('');
    expect(ids(page)).toEqual(expected.slice(0, 20));
    expect(page.body.pagination).toMatchObject({ limit: 20, offset: 0, hasMore: true, total: rows.length });
  });

  it('yields every row exactly once by cursor while rows are inserted on both sides of it', async () => {
    const walker = new Client(app.url, await app.user());
    const make = async (title: string): Promise<string> =>
      (await walker.post<Item>('/tasks', { title, priority: title.length % 3 })).body.data.id;
    const before = await Promise.all(Array.from({ length: 40 }, (_, index) => make(`m${index}`)));
    let made = 0;
    for (const sort of ['title', '-createdAt', 'priority,-title', '-dueDate,title']) {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Reply<Item[]> = await list(`sort=${sort}&limit=7&cursor=${cursor}`, walker);
        found.push(...ids(page));
        cursor = page.body.pagination!.nextCursor;
        // One that sorts first, one last, one in between.
        if (cursor !== null && made < 60) await Promise.all(['a', 'z', 'm1x'].map((at) => make(`${at}${(made += 1)}`)));
      }
      expect(new Set(found).size).toBe(found.length);
      expect(before.filter((id) => !found.includes(id))).toEqual([]);
    }
  });

  it('sorts numbers of tasks as numbers: 10 after 9, 9.10 after 9.9', async () => {
    const writer = new Client(app.url, await app.user());
    await writer.post('/projects', { projectKey: 'numbers', name: 'Numbers' });
    for (let index = 0; index < 11; index += 1) await writer.post('/projects/numbers/tasks', { title: 't' });
    for (let index = 0; index < 10; index += 1)
      await writer.post('/projects/numbers/tasks', { title: 's', parentRef: '9' });
    const page = await writer.get<{ ref: string }[]>('/tasks?sort=ref&limit=100&fields=ref');
    expect(page.body.data.map(({ ref }) => ref)).toEqual([
      ...['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      ...Array.from({ length: 10 }, (_, index) => `9.${index + 1}`),
      ...['10', '11'],
    ]);
  });

  it('shows deleted tasks only on request', async () => {
    const writer = new Client(app.url, await app.user());
    const [kept, gone] = await Promise.all(
      ['kept', 'gone'].map(async (title) => (await writer.post<Item>('/tasks', { title })).body.data.id),
    );
    await writer.delete(`/tasks/${gone}`);
    const seen = async (query: string): Promise<string[]> => ids(await list(`${query}&sort=title`, writer));
    expect(await seen('')).toEqual([kept]);
    expect(await seen('deleted=true')).toEqual([gone, kept]);
    expect(await seen('deleted=only')).toEqual([gone]);
    expect(await seen('deleted=only&q=gone')).toEqual([gone]);
  });
});

describe('a total', () => {
  it('is exact up to 10,000 and an estimate beyond, and optional on cursor pages', async () => {
    const many = await app.user();
    await app.sql(
      `insert into public.tasks (team_id, title, type)
select $1, 'row ' || n, case when n <= 10000 then 'exact' else 'rest' end from generate_series(1, 10050) n`,
      [many.teamId],
    );
    const as = new Client(app.url, many);
    const pagination = async (query: string) => (await list(`limit=1&${query}`, as)).body.pagination!;
    const beyond = await pagination('');
    expect(beyond.totalIsEstimate).toBe(true);
    expect(beyond.total).toBeGreaterThan(10_000);
    expect(await pagination('type=exact')).toMatchObject({ total: 10_000 });
    expect((await pagination('type=exact')).totalIsEstimate).toBeUndefined();
    expect(await pagination('offset=10000')).toMatchObject({ hasMore: true, offset: 10_000 });
    expect((await pagination('cursor=')).total).toBeUndefined();
    expect(await pagination('cursor=&total=true&type=rest')).toMatchObject({ total: 50 });
    expect((await pagination('total=false')).total).toBeUndefined();
  });
});

describe('a list refuses', () => {
  const problems = async (query: string): Promise<[number, (string | undefined)[]]> => {
    const { status, body } = await list(query);
    return [status, (body.errors ?? []).map(({ path, code }) => `${path} ${code}`)];
  };

  it.each([
    ['colour=red', 'query.colour UNKNOWN_PARAMETER'],
    ['Status=pending', 'query.Status UNKNOWN_PARAMETER'],
    ['title=x', 'query.title UNKNOWN_PARAMETER'],
    ['valueOf=1', 'query.valueOf UNKNOWN_PARAMETER'],
    ['dryRun=true', 'query.dryRun UNKNOWN_PARAMETER'],
    ['limit=0', 'query.limit INVALID_PARAMETER'],
    ['limit=101', 'query.limit INVALID_PARAMETER'],
    ['limit=', 'query.limit INVALID_PARAMETER'],
    ['limit=5&limit=5', 'query.limit REPEATED_PARAMETER'],
    ['offset=-1', 'query.offset INVALID_PARAMETER'],
    ['offset=10001', 'query.offset INVALID_PARAMETER'],
    ['sort=details', 'query.sort INVALID_PARAMETER'],
    ['sort=', 'query.sort INVALID_PARAMETER'],
    ['fields=', 'query.fields INVALID_PARAMETER'],
    ['fields=id,search', 'query.fields INVALID_PARAMETER'],
    ['total=yes', 'query.total INVALID_PARAMETER'],
    ['deleted=maybe', 'query.deleted INVALID_PARAMETER'],
    ['teamId=mine', 'query.teamId INVALID_PARAMETER'],
    ['priority=high,x', 'query.priority INVALID_PARAMETER'],
    ['priorityMin=1.5', 'query.priorityMin INVALID_PARAMETER'],
    ['dueBefore=tomorrow', 'query.dueBefore INVALID_PARAMETER'],
    ['dueBefore=2026-02-29', 'query.dueBefore INVALID_PARAMETER'],
    ['dueBefore=2026-01-01T00:00:00', 'query.dueBefore INVALID_PARAMETER'],
    ['id=1', 'query.id INVALID_PARAMETER'],
    [`priority=${Array<string>(101).fill('1').join()}`, 'query.priority INVALID_PARAMETER'],
    ['q=', 'query.q INVALID_PARAMETER'],
    ['cursor=&offset=1', 'query.cursor INVALID_PARAMETER'],
    ['cursor=x', 'query.cursor INVALID_CURSOR'],
  ])('%s', async (query, problem) => expect(await problems(query)).toEqual([400, [problem]]));

  it('a text of more than 500 characters', async () => {
    expect(await problems(`q=${'x'.repeat(501)}`)).toEqual([400, ['query.q INVALID_PARAMETER']]);
    expect((await list(`q=${'x'.repeat(500)}`)).status).toBe(200);
  });

  it('all problems at once', async () => {
    const [status, found] = await problems('limit=0&sort=x&colour=red&fields=y');
    expect([status, found.length]).toEqual([400, 4]);
  });

  it('a cursor of another order, and one that was tampered with', async () => {
    const { nextCursor } = (await list('sort=title&cursor=&limit=2')).body.pagination!;
    expect(await problems(`sort=-title&cursor=${nextCursor}`)).toEqual([400, ['query.cursor INVALID_CURSOR']]);
    const [signature, title] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as string[];
    for (const forged of [
      [signature, title, 'x'],
      [signature, title],
      [signature, null, ada.id],
      [signature, { a: 1 }, ada.id],
      [signature, 'a\u0000', ada.id],
    ]) {
      const cursor = Buffer.from(JSON.stringify(forged)).toString('base64url');
      expect(await problems(`sort=title&cursor=${cursor}`)).toEqual([400, ['query.cursor INVALID_CURSOR']]);
    }
    for (const [sort, value] of [
      ['ref', 'x'],
      ['priority', '1;'],
      ['dueDate', 'yesterday'],
    ] as const) {
      const cursor = Buffer.from(JSON.stringify([sort, value, ada.id])).toString('base64url');
      expect((await list(`sort=${sort}&cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe('sparse fields', () => {
  it('are returned for one task and for lists, with the same version', async () => {
    const page = await list('fields=title,id,dueDate&limit=3');
    for (const item of page.body.data) expect(Object.keys(item)).toEqual(['id', 'title', 'dueDate']);
    const [first] = page.body.data;
    const one = await client.get(`/tasks/${first!.id}?fields=version,title`);
    expect(Object.keys(one.body.data)).toEqual(['title', 'version']);
    expect(one.headers.get('etag')).toBe(`"${one.body.data['version'] as number}"`);
    expect((await client.get(`/tasks/${first!.id}?fields=nothing`)).status).toBe(400);
  });
});

describe('full text', () => {
  let searcher: Client;

  beforeAll(async () => {
    searcher = new Client(app.url, await app.user());
    for (const task of [
      { title: 'Keyset pages for the list', tags: ['db', 'api'] },
      { title: 'Pages of the keyset', description: 'cursor walks', tags: ['db'] },
      { title: 'Größe der Übersicht', details: 'refactor parseList() in list-request.ts' },
      { title: 'Pagination', tags: ['api'] },
    ])
      await searcher.post('/tasks', task);
    await client.post('/tasks', { title: 'Keyset pages of somebody else', tags: ['db'] });
  });

  it.each([
    ['keyset', ['Keyset pages for the list', 'Pages of the keyset']],
    ['KEYSET pages', ['Keyset pages for the list', 'Pages of the keyset']],
    ['"keyset pages"', ['Keyset pages for the list']],
    ['keyset -cursor', ['Keyset pages for the list']],
    ['cursor or pagination', ['Pages of the keyset', 'Pagination']],
    ['pag*', ['Keyset pages for the list', 'Pages of the keyset', 'Pagination']],
    ['pag', []],
    ['größe', ['Größe der Übersicht']],
    ['list-request.ts', ['Größe der Übersicht']],
    [`'; drop table tasks --`, []],
    ['"an open quote', []],
    ['& | ! ( ) :* <->', []],
  ])('finds %s', async (q, titles) => {
    const reply = await list(`sort=title&q=${encodeURIComponent(q)}`, searcher);
    expect(reply.body.data.map(({ title }) => title)).toEqual(titles);
    expect(reply.body.pagination).toMatchObject({ total: titles.length });
  });

  it('combines with filters: all of several tags, and status', async () => {
    const titles = async (query: string): Promise<string[]> =>
      (await list(`sort=title&${query}`, searcher)).body.data.map(({ title }) => title);
    expect(await titles('tags=db')).toEqual(['Keyset pages for the list', 'Pages of the keyset']);
    expect(await titles('tags=db,api')).toEqual(['Keyset pages for the list']);
    expect(await titles('tags=api&q=pagination')).toEqual(['Pagination']);
    expect(await titles('q=keyset&status=completed')).toEqual([]);
    expect(await titles('tags=d')).toEqual([]);
  });
});
