import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { ABSENT } from './task-suite.js';

interface Change {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface TaskEvent {
  readonly id: string;
  readonly occurredAt: string;
  readonly event: string;
  readonly operation: string;
  readonly user: { readonly id: string; readonly name: string } | null;
  readonly requestId: string | null;
  readonly changes: readonly Change[];
}

interface AuditEntry {
  readonly id: string;
  readonly occurredAt: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly actor: string;
  readonly tableName: string;
  readonly recordId: string | null;
  readonly recordKey: Record<string, unknown> | null;
  readonly operation: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly requestId: string | null;
  readonly userAgent: string | null;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let eve: TestUser;
let admin: TestUser;
let team: string;

const as = (user: TestUser): Client => new Client(app.url, user);

beforeAll(async () => {
  app = await startTestApp();
  [ada, bob, eve, admin] = await Promise.all([app.user(), app.user(), app.user(), app.user('admin')]);
  team = await app.team(ada, bob);
});

afterAll(() => app.close());

async function newTask(user: TestUser, body: Record<string, unknown> = {}): Promise<string> {
  return (await as(user).post<{ id: string }>('/tasks', { title: 'first', teamId: team, ...body })).body.data.id;
}

async function historyOf(user: TestUser, id: string, query = ''): Promise<TaskEvent[]> {
  const { status, body } = await as(user).get<TaskEvent[]>(`/tasks/${id}/history${query}`);
  expect(status).toBe(200);
  return body.data;
}

describe('the history of a task', () => {
  // Seen to fail: a different order of events, a field missing from the columns and the row's own name each broke
  // equality.
  it('shows every change field by field: before, after, user and request', async () => {
    const id = await newTask(ada, { priority: 3, tags: ['x'] });
    const changed = await as(bob).patch(`/tasks/${id}`, { title: 'second', dueDate: '2026-05-01', tags: ['x', 'y'] });
    await as(ada).post(`/tasks/${id}/complete`);
    const events = await historyOf(bob, id);
    expect(events.map(({ event, user }) => [event, user?.id])).toEqual([
      ['completed', ada.id],
      ['updated', bob.id],
      ['created', ada.id],
    ]);
    expect(events[1]).toMatchObject({
      operation: 'UPDATE',
      user: { id: bob.id, name: expect.stringMatching(/^user/) },
      requestId: changed.headers.get('x-request-id'),
      changes: [
        { field: 'title', before: 'first', after: 'second' },
        { field: 'tags', before: ['x'], after: ['x', 'y'] },
        { field: 'dueDate', before: null, after: '2026-05-01T00:00:00+00:00' },
      ],
    });
    expect(events[0]?.changes).toEqual([
      { field: 'status', before: 'pending', after: 'completed' },
      { field: 'completedAt', before: null, after: expect.stringMatching(/\+00:00$/) },
    ]);
    const made = Object.fromEntries((events[2]?.changes ?? []).map(({ field, after }) => [field, after]));
    expect(made).toMatchObject({ id, title: 'first', priority: 3, tags: ['x'], teamId: team, createdBy: ada.id });
    expect(Object.keys(made)).not.toContain('description');
    expect(Object.keys(made)).not.toContain('source');
  });

  it('continues after a deletion and a restoration, and is readable while the task is deleted', async () => {
    const id = await newTask(ada);
    await as(ada).delete(`/tasks/${id}`);
    expect((await historyOf(bob, id)).map(({ event }) => event)).toEqual(['deleted', 'created']);
    await as(bob).post(`/tasks/${id}/restore`);
    expect((await historyOf(ada, id)).map(({ event }) => event)).toEqual(['restored', 'deleted', 'created']);
  });

  it('has no entry for a change without effect, a counter or a dry run', async () => {
    const id = await newTask(ada);
    await as(ada).patch(`/tasks/${id}`, { title: 'first' });
    await as(ada).patch(`/tasks/${id}?dryRun=true`, { title: 'rehearsed' });
    await newTask(ada, { parentTaskId: id });
    expect(await historyOf(ada, id)).toHaveLength(1);
  });

  // Seen to fail: with `<` instead of the row comparison, or without the id in the order, simultaneous events were
  // lost.
  it('can be paged without losing or repeating an event, even while the task changes', async () => {
    const id = await newTask(ada);
    for (let n = 1; n <= 11; n++) await as(ada).patch(`/tasks/${id}`, { title: `title ${n}` });
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 20; pages++) {
      const { body }: Reply<TaskEvent[]> = await as(ada).get(`/tasks/${id}/history?limit=3&cursor=${cursor}`);
      seen.push(
        ...body.data
          .flatMap(({ changes }) => changes.filter(({ field }) => field === 'title'))
          .map(({ after }) => String(after)),
      );
      cursor = body.pagination?.nextCursor ?? null;
      expect(body.pagination).toMatchObject({ limit: 3, hasMore: cursor !== null });
      await as(ada).patch(`/tasks/${id}`, { priority: pages % 10 });
    }
    expect(seen).toEqual([...Array.from({ length: 11 }, (_, n) => `title ${11 - n}`), 'first']);
  });

  it('looks the same for an invisible task and a missing one', async () => {
    const id = await newTask(ada);
    const [foreign, absent] = [
      await as(eve).get(`/tasks/${id}/history`),
      await as(eve).get(`/tasks/${ABSENT}/history`),
    ];
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    const { requestId: _, instance: __, ...one } = foreign.body as unknown as Record<string, unknown>;
    const { requestId: ___, instance: ____, ...other } = absent.body as unknown as Record<string, unknown>;
    expect(one).toEqual(other);
    expect((await historyOf(admin, id))[0]?.user?.id).toBe(ada.id);
  });

  it.each([
    'limit=0',
    'limit=101',
    'cursor=x',
    'offset=1',
    'sort=title',
    `cursor=${Buffer.from('["-occurredAt","now","x"]').toString('base64url')}`,
  ])('refuses %s', async (query) => {
    const id = await newTask(ada);
    expect((await as(ada).get(`/tasks/${id}/history?${query}`)).status).toBe(400);
  });

  it('names an admin who changed it from outside the team', async () => {
    const id = await newTask(ada);
    await as(admin).patch(`/tasks/${id}`, { title: 'by an admin' });
    expect((await historyOf(bob, id))[0]?.user).toEqual({ id: admin.id, name: expect.stringMatching(/^user/) });
  });
});

describe('the audit trail over HTTP', () => {
  const list = async (user: TestUser, query: string): Promise<AuditEntry[]> => {
    const { status, body } = await as(user).get<AuditEntry[]>(`/audit?${query}`);
    expect(status).toBe(200);
    return body.data;
  };

  it('shows managers of a team what happened in it, with the causing request', async () => {
    const made = await as(bob).post<{ id: string }>('/tasks', { title: 'audited', teamId: team });
    const { id } = made.body.data;
    const requestId = made.headers.get('x-request-id') ?? '';
    const [entry, ...more] = await list(ada, `requestId=${requestId}`);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ tableName: 'tasks', recordId: id, recordKey: null, operation: 'INSERT', userId: bob.id, teamId: team },
      ...{ actor: 'tm_app_rw', before: null, after: { title: 'audited', dueDate: null, createdBy: bob.id }, requestId },
    });
  });

  it('filters by table, record, user, operation and time', async () => {
    const id = await newTask(bob);
    await as(ada).patch(`/tasks/${id}`, { title: 'renamed' });
    await as(ada).patch(`/teams/${team}`, { name: 'renamed' });
    const [last, first] = await list(ada, `recordId=${id}`);
    expect(last).toMatchObject({ operation: 'UPDATE', before: { title: 'first' }, after: { title: 'renamed' } });
    expect(first).toMatchObject({ operation: 'INSERT' });
    expect((await list(ada, `recordId=${id}&userId=${ada.id}`)).map((one) => one.operation)).toEqual(['UPDATE']);
    expect((await list(ada, `recordId=${id}&operation=INSERT`)).map((one) => one.userId)).toEqual([bob.id]);
    expect((await list(ada, `tableName=teams&recordId=${team}&operation=UPDATE`))[0]?.before).toMatchObject({
      name: expect.any(String),
    });
    const after = encodeURIComponent(first?.occurredAt ?? '');
    expect((await list(ada, `recordId=${id}&occurredAfter=${after}`)).map((one) => one.operation)).toEqual(['UPDATE']);
    const before = encodeURIComponent(last?.occurredAt ?? '');
    expect((await list(ada, `recordId=${id}&occurredBefore=${before}`)).map((one) => one.operation)).toEqual([
      'INSERT',
    ]);
    expect((await as(ada).get('/audit?table=tasks')).status).toBe(400);
  });

  it('identifies records with a composite key by that key', async () => {
    const { body } = await as(ada).post<{ id: string }>('/teams', { name: 'keys' });
    await as(admin).post(`/teams/${body.data.id}/members`, { userId: bob.id });
    const entries = await list(ada, `tableName=team_members&teamId=${body.data.id}`);
    expect(entries.map(({ recordKey }) => recordKey)).toEqual([
      { teamId: body.data.id, userId: bob.id },
      { teamId: body.data.id, userId: ada.id },
    ]);
  });

  // Seen to fail: when the member policy covered every team of the member, bob saw what ada did.
  it('shows a member nothing about teams that others manage, and an outsider nothing at all', async () => {
    const id = await newTask(ada);
    expect(await list(bob, `recordId=${id}`)).toEqual([]);
    expect(await list(eve, `recordId=${id}`)).toEqual([]);
    expect((await list(bob, 'limit=100')).every(({ teamId }) => teamId !== team)).toBe(true);
  });

  it('shows an admin everything, including records without a team, but no secret', async () => {
    const { body } = await as(eve).post<{ id: string; key: string }>('/api-keys', { name: 'audited' });
    const [entry] = await list(admin, `tableName=api_keys&recordId=${body.data.id}`);
    expect(entry).toMatchObject({ teamId: null, after: { name: 'audited', keyHash: '[secret]' } });
    expect(await list(eve, `recordId=${body.data.id}`)).toEqual([]);
    expect((await list(admin, `recordId=${await newTask(ada)}`)).length).toBe(1);
  });

  it('refuses a credential narrowed by scopes', async () => {
    const narrowed = await app.user('developer', undefined, ['tasks:read']);
    const narrowedAdmin = await app.user('admin', undefined, ['tasks:read']);
    const auditor = await app.user('admin', undefined, ['audit:read']);
    expect((await as(narrowed).get('/audit')).status).toBe(403);
    expect((await as(narrowedAdmin).get('/audit')).status).toBe(403);
    expect((await as(auditor).get('/audit?limit=1')).status).toBe(200);
    expect((await as(auditor).get<AuditEntry[]>('/audit?limit=1')).body.data).toHaveLength(1);
  });

  it('pages by cursor and cannot be written', async () => {
    const first = await as(ada).get<AuditEntry[]>('/audit?limit=2&cursor=');
    const second = await as(ada).get<AuditEntry[]>(`/audit?limit=2&cursor=${first.body.pagination?.nextCursor ?? ''}`);
    const ids = [...first.body.data, ...second.body.data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect((await as(admin).call(method, '/audit', {})).status).not.toBe(200);
  });
});

describe('two requests at once', () => {
  // test/db/audit.test.ts covers transactions that begin in the opposite order.
  it('appear in the order in which they changed the task', async () => {
    const id = await newTask(ada);
    for (let round = 0; round < 10; round++) {
      await Promise.all([ada, bob].map((user) => as(user).patch(`/tasks/${id}`, { title: `${user.id} ${round}` })));
    }
    const titles = (await historyOf(ada, id, '?limit=100')).map(({ changes }) =>
      changes.find(({ field }) => field === 'title'),
    );
    expect(titles).toHaveLength(21);
    for (const [n, title] of titles.slice(0, -1).entries()) expect(title?.before).toBe(titles[n + 1]?.after);
  });
});
