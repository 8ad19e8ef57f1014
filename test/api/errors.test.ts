import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface RecordedError {
  id: string;
  teamId?: string;
  occurrenceCount: number;
  usersAffected?: number;
  isNew: boolean;
  isRegression: boolean;
  [field: string]: unknown;
}

let app: TestApp;
/** May read and write errors; among the built-in roles only admin may. */
let ada: TestUser;
/** May report but not read. */
let blind: TestUser;
let viewer: TestUser;
let stranger: TestUser;
let team: string;
const as = (user: TestUser): Client => new Client(app.url, user);
const report = (body: object, user = ada): Promise<Reply<RecordedError>> =>
  as(user).post<RecordedError>('/errors', { teamId: team, ...body });

beforeAll(async () => {
  app = await startTestApp();
  await app.sql(`insert into public.user_roles (role_name, permissions)
values ('error_keeper', '["errors:read","errors:write","tasks:read"]'), ('blind', '["errors:write"]')`);
  ada = await app.user('error_keeper', 'ada');
  blind = await app.user('blind', 'blind');
  viewer = await app.user('viewer', 'viewer');
  stranger = await app.user('error_keeper', 'stranger');
  team = await app.team(ada, blind, viewer);
});

afterAll(() => app.close());

describe('reporting an error', () => {
  it('answers 201 with the error when it is new, and 200 when it is counted', async () => {
    const body = {
      errorCode: 'E_DISK',
      errorCategory: 'storage',
      errorSeverity: 'critical',
      errorMessage: 'disk 7 is full',
      errorDetails: { disk: 7 },
      contextData: { queue: 'imports' },
      metadata: { runbook: 'disks' },
      environment: 'staging',
      serviceName: 'api',
      serviceVersion: '1.4.0',
      userAgent: 'curl/8',
      occurredAt: '2026-11-20T10:15:00Z',
    };
    const first = await report(body);
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/api/v1/errors/${first.body.data.id}`);
    expect(first.headers.get('etag')).toBe('"1"');
    expect(first.body.data).toMatchObject({
      errorCode: 'E_DISK',
      errorSeverity: 'critical',
      errorMessage: 'disk 7 is full',
      contextData: { queue: 'imports' },
      environment: 'staging',
      teamId: team,
      resolutionStatus: 'unresolved',
      occurrenceCount: 1,
      firstOccurredAt: '2026-11-20T10:15:00+00:00',
      lastOccurredAt: '2026-11-20T10:15:00+00:00',
      firstServiceVersion: '1.4.0',
      fingerprintSource: 'message',
      fingerprintVersion: 1,
      version: 1,
      isNew: true,
      isRegression: false,
    });
    const second = await report({ ...body, errorMessage: 'disk 12 is full', occurredAt: '2026-11-20T11:15:00Z' });
    expect(second.status).toBe(200);
    expect(second.body.data).toMatchObject({
      id: first.body.data.id,
      errorMessage: 'disk 7 is full',
      occurrenceCount: 2,
      firstOccurredAt: '2026-11-20T10:15:00+00:00',
      lastOccurredAt: '2026-11-20T11:15:00+00:00',
      version: 1,
      isNew: false,
      isRegression: false,
    });
    const { isNew: _new, isRegression: _regression, ...shown } = second.body.data;
    expect((await as(viewer).get(`/errors/${first.body.data.id}`)).body.data).toEqual(shown);
  });

  it('requires only the message', async () => {
    const { status, body } = await as(ada).post<RecordedError>('/errors', { errorMessage: 'bare' });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      teamId: ada.teamId,
      errorCode: 'UNKNOWN',
      errorCategory: 'application',
      errorSeverity: 'error',
      environment: 'production',
      errorDetails: {},
      contextData: {},
      metadata: {},
    });
    const refused = await as(ada).post('/errors', { errorSeverity: 'awful', ipAddress: 'here', fingerprint: [], x: 1 });
    expect(refused.status).toBe(400);
    expect(refused.body.errors?.map(({ path }) => path).sort()).toEqual([
      'errorMessage',
      'errorSeverity',
      'fingerprint',
      'ipAddress',
      'x',
    ]);
  });

  it.each([
    ['low', 'info'],
    ['medium', 'warning'],
    ['high', 'error'],
    ['fatal', 'critical'],
    ['debug', 'debug'],
  ])('reads the severity %s as %s', async (errorSeverity, stored) => {
    const { status, body } = await report({ errorMessage: `severity ${errorSeverity}`, errorSeverity });
    expect([status, body.data.errorSeverity]).toEqual([201, stored]);
  });

  it('groups by the given fingerprint first, then the stack trace, then code and message', async () => {
    const stackTrace = 'Error: a\n    at load (/srv/app/src/load.js:10:3)\n    at main (/srv/app/src/main.js:4:1)';
    const given = await report({ errorMessage: 'a', fingerprint: ['checkout', 'timeout'] });
    const again = await report({ errorMessage: 'quite another', fingerprint: ['checkout', 'timeout'], stackTrace });
    expect([again.status, again.body.data.id]).toEqual([200, given.body.data.id]);
    expect(given.body.data).toMatchObject({ fingerprintSource: 'explicit' });
    const stack = await report({ errorMessage: 'c', stackTrace });
    const moved = await report({ errorMessage: 'd', stackTrace: stackTrace.replaceAll(':10:', ':99:') });
    expect([stack.status, moved.status, moved.body.data.id]).toEqual([201, 200, stack.body.data.id]);
    expect(stack.body.data).toMatchObject({ fingerprintSource: 'stack' });
    const one = await report({ errorMessage: `user ${randomUUID()} not found at 0xdeadbeef` });
    const two = await report({ errorMessage: `user ${randomUUID()} not found at 0xcafe` });
    expect([one.status, two.status, two.body.data.id]).toEqual([201, 200, one.body.data.id]);
  });

  // Seen to fail: with project_key or environment missing from the unique index, each of these returned 200.
  it('keeps teams, projects and environments apart', async () => {
    await app.sql(`insert into public.projects (team_id, project_key, name) values ($1, 'shop', 'Shop')`, [team]);
    const same = { errorMessage: 'the same everywhere' };
    const replies = [
      await report(same),
      await report({ ...same, environment: 'staging' }),
      await report({ ...same, projectKey: 'shop' }),
      await as(ada).post('/errors', same),
    ];
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect((await as(ada).post('/errors', { ...same, projectKey: 'shop' })).body.data).toMatchObject({
      teamId: team,
      projectKey: 'shop',
      occurrenceCount: 2,
    });
  });

  it('finds the team and project of the task it belongs to', async () => {
    const [task] = await app.sql<{ id: string }>(
      `insert into public.tasks (team_id, title) values ($1, 'broken') returning id`,
      [team],
    );
    const { status, body } = await as(ada).post('/errors', { errorMessage: 'of a task', taskId: task?.id });
    expect([status, body.data]).toMatchObject([201, { teamId: team, taskId: task?.id }]);
  });

  it('reveals nothing to another team', async () => {
    const [task] = await app.sql<{ id: string }>(
      `insert into public.tasks (team_id, title) values ($1, 'hidden') returning id`,
      [team],
    );
    for (const [body, status] of [
      [{ teamId: team }, 404],
      [{ teamId: randomUUID() }, 404],
      [{ projectKey: 'shop' }, 404],
      [{ taskId: task?.id }, 422],
      [{ taskId: randomUUID() }, 422],
      [{ validationResultId: randomUUID() }, 422],
      [{ workflowStateId: randomUUID() }, 422],
    ] as const) {
      const reply = await as(stranger).post('/errors', { errorMessage: 'm', ...body });
      expect([body, reply.status]).toEqual([body, status]);
    }
    expect((await as(viewer).post('/errors', { errorMessage: 'm' })).status).toBe(403);
  });

  // Seen to fail: when everybody received the row, the write-only reporter saw the message of an earlier report.
  it('returns only the contents of the report to a reporter without read permission', async () => {
    await report({ errorMessage: 'seen by readers', userId: 'u1' });
    const { status, body } = await report({ errorMessage: 'seen by readers', userId: 'u2' }, blind);
    expect(status).toBe(200);
    expect(body.data).toEqual({ id: expect.any(String), occurrenceCount: 2, isNew: false, isRegression: false });
    expect((await as(blind).get('/errors')).status).toBe(403);
  });

  it('writes nothing in a dry run, and counts a repeated request once', async () => {
    const rehearsed = await as(ada).post<RecordedError>('/errors?dryRun=true', { errorMessage: 'rehearsed' });
    expect(rehearsed.status).toBe(201);
    expect((await as(ada).get(`/errors/${rehearsed.body.data.id}`)).status).toBe(404);
    const client = as(ada).with({ 'idempotency-key': randomUUID() });
    const [one, two] = [
      await client.post<RecordedError>('/errors', { errorMessage: 'once' }),
      await client.post<RecordedError>('/errors', { errorMessage: 'once' }),
    ];
    expect([two.status, two.text]).toEqual([201, one.text]);
  });

  it('never answers 304, because counting does not change the ETag', async () => {
    const { body } = await report({ errorMessage: 'counted meanwhile' });
    const reader = as(viewer).with({ 'if-none-match': '"1"' });
    await report({ errorMessage: 'counted meanwhile' });
    const { status, body: shown } = await reader.get<RecordedError>(`/errors/${body.data.id}`);
    expect([status, shown.data.occurrenceCount]).toEqual([200, 2]);
  });
});

/** With more concurrent connections, this one process would run into timeouts on a busy machine. */
const SIDE_BY_SIDE = 250;

async function allOf<In, Out>(inputs: readonly In[], send: (input: In, n: number) => Promise<Out>): Promise<Out[]> {
  const replies: Out[] = [];
  const left = inputs.entries();
  const sender = async (): Promise<void> => {
    for (const [n, input] of left) replies[n] = await send(input, n);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, sender));
  return replies;
}

describe('counting', () => {
  /*
   * Seen to fail: with a read-then-write count instead of the upsert, the count was far below 1,000; without the unique
   * index there were hundreds of rows.
   */
  it('turns 1,000 parallel posts into one row with a count of 1,000', async () => {
    const users = 37;
    const sent = Array.from({ length: 1_000 }, (_, n) => ({
      errorMessage: `request ${n} failed`,
      userId: `user-${n % users}`,
      occurredAt: new Date(Date.UTC(2026, 10, 20, n % 5, n % 60)).toISOString(),
    }));
    const replies = await allOf(sent, (body, n) => report(body, n % 2 ? blind : ada));
    const other = replies.filter(({ status }) => status > 201);
    expect(other.map(({ text }) => text)).toEqual([]);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    // A write-only reporter receives the number of its report; a reader receives the current error.
    const numbers = replies.filter((_, n) => n % 2).map(({ body }) => body.data.occurrenceCount);
    expect(new Set(numbers).size).toBe(500);
    const { id } = replies[0]!.body.data;
    const [row] = await app.sql(
      `select occurrence_count as count, users_affected as users, first_occurred_at as first, last_occurred_at as last,
  (select count(*)::int from public.error_occurrences o where o.error_id = e.id) as kept,
  (select json_agg(h.n order by h.hour)
   from (select date_trunc('hour', c.hour) as hour, sum(c.occurrence_count) as n
         from public.error_hourly_counts c where c.error_id = e.id group by 1) h) as hours
from public.error_logs e
where id = $1`,
      [id],
    );
    expect(row).toEqual({
      count: 1_000,
      users,
      first: new Date('2026-11-20T00:00:00Z'),
      last: new Date('2026-11-20T04:59:00Z'),
      // The first 99, then every tenth, then the thousandth.
      kept: 99 + 90 + 1,
      hours: [200, 200, 200, 200, 200],
    });
    const same = await app.sql(`select from public.error_logs where team_id = $1 and error_message like 'request %'`, [
      team,
    ]);
    expect(same).toHaveLength(1);
  }, 60_000);

  it('lists the occurrences that were kept, newest first', async () => {
    const { body } = await report({ errorMessage: 'listed', occurredAt: '2026-11-19T01:00:00Z', sessionId: 's1' });
    await report({ errorMessage: 'listed', occurredAt: '2026-11-19T02:00:00Z', ipAddress: '203.0.113.77' });
    const { id } = body.data;
    const found = await as(viewer).get<Record<string, unknown>[]>(`/errors/${id}/occurrences`);
    expect(found.body.data).toMatchObject([
      { errorId: id, number: 2, occurredAt: '2026-11-19T02:00:00+00:00', ipAddress: '203.0.113.0/24' },
      { errorId: id, number: 1, sessionId: 's1', ipAddress: null },
    ]);
    expect((await as(stranger).get(`/errors/${id}/occurrences`)).status).toBe(404);
    expect((await as(viewer).get(`/errors/${id}/history`)).body.data).toEqual([]);
  });

  it('keeps the newest release by version, and never records a future time', async () => {
    const ahead = new Date(Date.now() + 86_400_000).toISOString();
    await report({ errorMessage: 'released', serviceVersion: '1.9.0', occurredAt: ahead });
    await report({ errorMessage: 'released', serviceVersion: '1.10.0' });
    const { body } = await report({ errorMessage: 'released', serviceVersion: '1.2.0' });
    expect(body.data).toMatchObject({ serviceVersion: '1.10.0', firstServiceVersion: '1.9.0' });
    expect(Date.parse(String(body.data['lastOccurredAt']))).toBeLessThanOrEqual(Date.now() + 1_000);
  });
});

describe('a batch', () => {
  it('answers each report separately: new, counted, invalid, misplaced', async () => {
    const errors = [
      { teamId: team, errorMessage: 'batch one' },
      { teamId: team, errorMessage: 'batch one', userId: 'u' },
      { teamId: team, errorMessage: '' },
      { teamId: randomUUID(), errorMessage: 'nowhere' },
      { teamId: team, errorMessage: 'batch two' },
      'not an error',
    ];
    const { status, body } = await as(blind).post<Record<string, unknown>[]>('/errors/batch', { errors });
    expect(status).toBe(200);
    expect(body.data.map((one) => [one['index'], one['status'], one['occurrenceCount']])).toEqual([
      [0, 201, 1],
      [1, 200, 2],
      [2, 400, undefined],
      [3, 404, undefined],
      [4, 201, 1],
      [5, 400, undefined],
    ]);
    expect(body.data[0]!['id']).toBe(body.data[1]!['id']);
    expect(body.data[2]!['error']).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'errors[2].errorMessage' }, {}],
    });
    expect((await as(viewer).post('/errors/batch', { errors })).status).toBe(403);
  });

  // Seen to fail: without the order by team and fingerprint in app.record_errors, some requests deadlocked (409).
  it('locks the same errors in one order, whatever the order of the batch', async () => {
    const errors = Array.from({ length: 60 }, (_, n) => ({
      teamId: team,
      errorMessage: 'm',
      fingerprint: `ordered ${n}`,
    }));
    const shuffled = (turn: number): typeof errors =>
      [...errors.slice(turn * 7), ...errors.slice(0, turn * 7)].reverse();
    const replies = await Promise.all(
      Array.from({ length: 16 }, (_, turn) =>
        as(blind).post('/errors/batch', { errors: turn % 2 ? shuffled(turn % 8) : errors }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(16).fill(200));
    const counts = await app.sql(
      `select distinct occurrence_count as count from public.error_logs where team_id = $1 and error_message = 'm'`,
      [team],
    );
    expect(counts).toEqual([{ count: 16 }]);
  });

  it('accepts at most 1,000 reports', async () => {
    const errors = Array.from({ length: 1_001 }, (_, n) => ({ errorMessage: `of many ${n % 3 ? 'a' : 'b'}` }));
    expect((await as(ada).post('/errors/batch', { errors })).status).toBe(400);
    const { status, body } = await as(ada).post<RecordedError[]>('/errors/batch', { errors: errors.slice(1) });
    expect(status).toBe(200);
    expect(body.data.filter(({ isNew }) => isNew)).toHaveLength(2);
    expect(body.data.map(({ occurrenceCount }) => occurrenceCount)).toContain(667);
  });
});

describe('the list of errors', () => {
  it('filters, searches and sorts without hiding visible errors', async () => {
    const owner = await app.user('error_keeper', `lister-${randomUUID().slice(0, 6)}`);
    const own = (body: object): Promise<Reply<RecordedError>> => as(owner).post<RecordedError>('/errors', body);
    await own({ errorMessage: 'payment gateway timed out', errorCode: 'PAY', occurredAt: '2026-11-01T00:00:00Z' });
    await own({
      errorMessage: 'cache miss storm',
      errorCode: 'CACHE',
      errorSeverity: 'warning',
      environment: 'staging',
    });
    await own({ errorMessage: 'cache miss storm', errorCode: 'CACHE', environment: 'staging' });
    const codes = async (query: string): Promise<unknown[]> => {
      const { status, body } = await as(owner).get<RecordedError[]>(`/errors?${query}`);
      expect([query, status]).toEqual([query, 200]);
      return body.data.map((one) => one['errorCode']);
    };
    expect(await codes('')).toEqual(['CACHE', 'PAY']);
    expect(await codes('sort=lastOccurredAt')).toEqual(['PAY', 'CACHE']);
    expect(await codes('sort=-occurrenceCount&cursor=')).toEqual(['CACHE', 'PAY']);
    expect(await codes('errorCode=PAY')).toEqual(['PAY']);
    expect(await codes('errorSeverity=warning&environment=staging')).toEqual(['CACHE']);
    expect(await codes('occurrenceCountMin=2')).toEqual(['CACHE']);
    expect(await codes('lastOccurredAfter=2026-11-10')).toEqual(['CACHE']);
    expect(await codes('firstOccurredBefore=2026-11-10')).toEqual(['PAY']);
    expect(await codes('resolutionStatus=unresolved,regressed')).toEqual(['CACHE', 'PAY']);
    expect(await codes('resolutionStatus=resolved')).toEqual([]);
    expect(await codes('assigneeId=null&projectKey=null')).toEqual(['CACHE', 'PAY']);
    expect((await as(owner).get(`/errors?teamId=${team}`)).status).toBe(404);
    expect(await codes('q=gateway')).toEqual(['PAY']);
    expect((await as(owner).get('/errors?severity=error')).status).toBe(400);
    expect((await as(stranger).get<RecordedError[]>('/errors')).body.data).not.toContainEqual(
      expect.objectContaining({ errorCode: 'PAY' }),
    );
  });
});
