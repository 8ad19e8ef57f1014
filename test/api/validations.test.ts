import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TRANSITIONS } from '../../src/modules/validations/validation.rules.js';
import { VALIDATION_STATUSES, VALIDATION_TYPES } from '../../src/modules/validations/validation.values.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface Validation {
  id: string;
  taskId: string;
  validationStatus: string;
  validationScore: number | null;
  retryCount: number;
  attempt: number;
  startedAt: string | null;
  completedAt: string | null;
  executionTimeMs: number | null;
  findingCounts: Record<string, number> | null;
  externalId: string | null;
  version: number;
}

interface Finding {
  rule: string;
  message: string;
  state: string;
  startLine: number | null;
  fingerprint: string;
}

let app: TestApp;
let ada: TestUser;
let bot: TestUser;
let viewer: TestUser;
let eve: TestUser;
let team: string;
let taskId: string;
const as = (user: TestUser): Client => new Client(app.url, user);

async function newTask(): Promise<string> {
  const { body } = await as(ada).post<{ id: string }>('/tasks', { title: 'checked', teamId: team, projectKey: 'web' });
  return body.data.id;
}

async function record(more: object = {}, user = ada): Promise<Validation> {
  const { status, body } = await as(user).post<Validation>('/validations', {
    taskId,
    validationType: 'style',
    ...more,
  });
  expect(status).toBe(201);
  return body.data;
}

const findingsOf = async (id: string, query = ''): Promise<Finding[]> =>
  (await as(ada).get<Finding[]>(`/validations/${id}/findings?limit=100${query}`)).body.data;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bot = await app.user('api_client', 'bot');
  viewer = await app.user('viewer', 'vic');
  eve = await app.user('developer', 'eve');
  team = await app.team(ada, bot, viewer);
  await as(ada).post('/projects', { projectKey: 'web', name: 'Web', teamId: team });
  taskId = await newTask();
});

afterAll(() => app.close());

describe('a validation', () => {
  it('stores every given field, for each of the nine types', async () => {
    const given = {
      taskId,
      validationStatus: 'failed',
      validationScore: 72.25,
      validationData: { checked: 12, nested: { a: [1, null] } },
      claudeCodeVersion: '2.1.0',
      validationEnvironment: { node: '24.21.0' },
      toolName: 'eslint',
      commitSha: '0123456789abcdef0123456789abcdef01234567',
      branch: 'main',
      detailsUrl: 'https://ci.example.test/runs/1',
      retryCount: 1,
      startedAt: '2026-11-21T10:00:00+00:00',
      completedAt: '2026-11-21T10:00:01.5+00:00',
      executionTimeMs: 1_400,
      errorMessage: 'two rules failed',
      errorDetails: { rules: ['a', 'b'] },
      metadata: { run: 7 },
    };
    for (const validationType of VALIDATION_TYPES) {
      const { status, body, headers } = await as(ada).post<Validation>('/validations', { ...given, validationType });
      expect(status).toBe(201);
      expect(body.data).toMatchObject({
        ...{ ...given, validationType, teamId: team, projectKey: 'web', attempt: 2, version: 1, createdBy: ada.id },
        ...{ externalId: null, findingCounts: null },
      });
      expect(headers.get('etag')).toBe('"1"');
      expect(headers.get('location')).toBe(`/api/v1/validations/${body.data.id}`);
      expect((await as(viewer).get(`/validations/${body.data.id}`)).body.data).toEqual(body.data);
      expect((await as(eve).get(`/validations/${body.data.id}`)).status).toBe(404);
    }
  });

  it('is queued by default, and sets missing start and end times', async () => {
    const queued = await record();
    expect(queued).toMatchObject({ validationStatus: 'queued', completedAt: null, executionTimeMs: null, attempt: 1 });
    const path = `/validations/${queued.id}`;
    const running = (await as(ada).patch<Validation>(path, { validationStatus: 'running' })).body.data;
    expect(running.startedAt! > queued.startedAt!).toBe(true);
    const ended = (await as(ada).patch<Validation>(path, { validationStatus: 'passed' })).body.data;
    expect(ended.completedAt! > running.startedAt!).toBe(true);
    const took = Date.parse(ended.completedAt!) - Date.parse(ended.startedAt!);
    expect(Math.abs(ended.executionTimeMs! - took)).toBeLessThanOrEqual(1);
  });

  it('derives the duration from both ends, and the start from the duration', async () => {
    const times = { startedAt: '2026-11-21T10:00:00Z', completedAt: '2026-11-21T10:00:02.25Z' };
    const both = await record({ validationStatus: 'passed', ...times });
    expect(both.executionTimeMs).toBe(2_250);
    const equal = await record({ validationStatus: 'passed', ...times, startedAt: times.completedAt });
    expect(equal.executionTimeMs).toBe(0);
    const { completedAt } = times;
    const one = await record({ validationStatus: 'passed', completedAt, executionTimeMs: 250 });
    expect(one.startedAt).toBe('2026-11-21T10:00:02+00:00');
    expect((await record({ validationStatus: 'passed' })).executionTimeMs).toBeNull();
  });

  it('reports all problems at once', async () => {
    const wrong = {
      ...{ taskId: 'x', validationType: 'taste', validationStatus: 'ok', validationScore: 101, commitSha: 'main' },
      ...{ detailsUrl: 'javascript:1', colour: 1, findings: 'none' },
    };
    const { status, body } = await as(ada).post('/validations', wrong);
    expect(status).toBe(400);
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(new Set(Object.keys(wrong)));
    const findings = [{ message: 'm' }, { message: '', severity: 'bad' }, { message: 'm', startLine: -1 }];
    const listed = await as(ada).post('/validations', { taskId, validationType: 'style', findings });
    expect(listed.body.errors?.map(({ path }) => path).sort()).toEqual([
      'findings[1].message',
      'findings[1].severity',
      'findings[2].startLine',
    ]);
    const early = { startedAt: '2026-11-21T10:00:00Z', completedAt: '2026-11-21T09:00:00Z' };
    for (const times of [{ completedAt: early.completedAt }, { validationStatus: 'passed', ...early }]) {
      const refused = await as(ada).post('/validations', { taskId, validationType: 'style', ...times });
      expect(refused.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path: 'completedAt' }] });
    }
  });

  it('requires a task that the caller sees', async () => {
    const absent = '01890000-0000-7000-8000-000000000000';
    const foreign = await as(eve).post('/validations', { taskId, validationType: 'style' });
    const none = await as(eve).post('/validations', { taskId: absent, validationType: 'style' });
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.body.detail).toBe(none.body.detail);
    const gone = await newTask();
    await as(ada).delete(`/tasks/${gone}`);
    expect((await as(ada).post('/validations', { taskId: gone, validationType: 'style' })).status).toBe(404);
  });

  it('is recorded once per task, type and external id, even by 16 concurrent requests', async () => {
    const body = { taskId, validationType: 'security', externalId: 'run-1', findings: [{ message: 'm' }] };
    const at = await Promise.all(Array.from({ length: 16 }, () => as(ada).post<Validation>('/validations', body)));
    expect(at.map(({ status }) => status).sort()).toEqual([...Array<number>(15).fill(200), 201]);
    expect(new Set(at.map(({ body: { data } }) => data.id)).size).toBe(1);
    const { id, version } = at[0]!.body.data;
    const again = await as(ada).post<Validation>('/validations', { ...body, validationStatus: 'passed' });
    expect([again.status, again.body.data.id, again.body.data.version]).toEqual([200, id, version]);
    expect(again.body.data.validationStatus).toBe('queued');
    expect(await findingsOf(id)).toHaveLength(1);
    expect((await as(ada).post('/validations', { ...body, validationType: 'testing' })).status).toBe(201);
    expect((await as(ada).post('/validations', { ...body, taskId: await newTask() })).status).toBe(201);
  });

  it('repeats the response of an Idempotency-Key, status included, and supports dryRun', async () => {
    const once = as(ada).with({ 'idempotency-key': 'validation-1' });
    const first = await once.post<Validation>('/validations', { taskId, validationType: 'style' });
    const second = await once.post<Validation>('/validations', { taskId, validationType: 'style' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data).toEqual(first.body.data);
    const dry = await as(ada).post<Validation>('/validations?dryRun=true', { taskId, validationType: 'style' });
    expect(dry.status).toBe(201);
    expect((await as(ada).get(`/validations/${dry.body.data.id}`)).status).toBe(404);
  });

  it('is changed by a merge patch and replaced by a PUT, at the version that If-Match names', async () => {
    const { id } = await record({
      metadata: { a: 1, b: 2 },
      errorDetails: { x: 1 },
      branch: 'main',
      validationScore: 5,
    });
    const path = `/validations/${id}`;
    const patched = await as(ada)
      .with({ 'if-match': '"1"' })
      .patch(path, { metadata: { b: null, c: 3 }, errorDetails: { y: 2 }, validationScore: 99.5 });
    expect(patched.body.data).toMatchObject({ version: 2, branch: 'main', validationScore: 99.5 });
    expect(patched.body.data).toMatchObject({ metadata: { a: 1, c: 3 }, errorDetails: { x: 1, y: 2 } });
    const stale = await as(ada).with({ 'if-match': '"1"' }).patch(path, { branch: 'other' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    const put = await as(ada).put(path, { validationStatus: 'running', metadata: { d: 4 }, taskId });
    expect(put.body.data).toMatchObject({
      ...{ version: 3, validationStatus: 'running', metadata: { d: 4 }, branch: null, validationScore: null },
      ...{ errorDetails: null, taskId, validationType: 'style' },
    });
    expect((await as(ada).patch(path, { metadata: null })).body.data).toMatchObject({ metadata: {} });
    const moved = await as(ada).patch(path, { taskId: await newTask() });
    expect([moved.status, moved.body.code]).toEqual([422, 'RULE_VIOLATED']);
    expect((await as(ada).patch(path, { validationType: 'syntax' })).status).toBe(422);
    expect((await as(ada).patch(path, { completedAt: '2026-11-21T10:00:00Z' })).status).toBe(400);
    for (const user of [viewer, eve]) {
      const denied = await as(user).patch(path, { branch: 'x' });
      expect(denied.status).toBe(user === viewer ? 403 : 404);
    }
  });

  it('is deleted with its findings, at the version that If-Match names', async () => {
    const { id } = await record({ findings: [{ message: 'm' }] });
    expect((await as(ada).with({ 'if-match': '"7"' }).delete(`/validations/${id}`)).status).toBe(412);
    expect((await as(eve).delete(`/validations/${id}`)).status).toBe(404);
    expect((await as(ada).delete(`/validations/${id}`)).status).toBe(204);
    expect((await as(ada).get(`/validations/${id}`)).status).toBe(404);
    const left = await app.sql('select from public.validation_findings where validation_result_id = $1', [id]);
    expect(left).toEqual([]);
  });
});

// Seen to fail: without the condition on the old status in app.touch_validation, 57 of the 81 pairs differed.
describe('the status of a validation', () => {
  it('follows the transition table, for each of the 81 pairs', async () => {
    const found: string[] = [];
    for (const from of VALIDATION_STATUSES) {
      for (const to of VALIDATION_STATUSES) {
        const { id } = await record({ validationStatus: from });
        const { status, body } = await as(ada).patch<Validation>(`/validations/${id}`, { validationStatus: to });
        const may = from === to || TRANSITIONS[from].includes(to);
        if (status !== (may ? 200 : 409)) found.push(`${from} to ${to}: ${status}`);
        if (!may) expect(body).toMatchObject({ code: 'ILLEGAL_TRANSITION', errors: [{ path: 'validationStatus' }] });
      }
    }
    expect(found).toEqual([]);
  });

  it('accepts one of two concurrent endings', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await record({ validationStatus: 'running' });
      const ends = ['passed', 'failed', 'error', 'cancelled'];
      const replies = await Promise.all(
        ends.map((validationStatus) => as(ada).patch<Validation>(`/validations/${id}`, { validationStatus })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    }
  });

  it('returns to queued only by a retry, which keeps the attempt and its findings', async () => {
    const findings = [{ rule: 'a', message: 'first' }];
    const { id } = await record({ validationStatus: 'failed', errorMessage: 'flaky', validationScore: 10, findings });
    const path = `/validations/${id}`;
    const retried = await as(ada).post<Validation>(`${path}/retry`);
    expect(retried.status).toBe(200);
    expect(retried.body.data).toMatchObject({
      ...{ validationStatus: 'queued', retryCount: 1, attempt: 2, version: 2, validationScore: null },
      ...{ errorMessage: null, startedAt: null, completedAt: null, executionTimeMs: null, findingCounts: null },
    });
    expect((await as(ada).post(`${path}/retry`)).body.code).toBe('ILLEGAL_TRANSITION');
    expect(await findingsOf(id)).toEqual([]);
    expect((await findingsOf(id, '&attempt=1')).map(({ message }) => message)).toEqual(['first']);
    await as(ada).patch(path, { validationStatus: 'passed', findings: [] });
    expect((await as(ada).with({ 'if-match': '"1"' }).post(`${path}/retry`)).status).toBe(412);
    await as(ada).post(`${path}/retry`);
    const { body } = await as(ada).get<Record<string, unknown>[]>(`${path}/attempts`);
    expect(body.data).toMatchObject([
      { attempt: 1, validationStatus: 'failed', errorMessage: 'flaky', validationScore: 10, retriedBy: ada.id },
      { attempt: 2, validationStatus: 'passed', findingCounts: { error: 0 } },
    ]);
  });
});

describe('findings', () => {
  const a = { rule: 'semi', file: 'a.ts', startLine: 3, message: 'Missing semicolon', severity: 'error' };
  const b = { rule: 'complexity', file: 'a.ts', startLine: 9, message: 'Complexity is 12', severity: 'warning' };

  it('are compared with the previous result of the same task, type and tool, even if lines moved', async () => {
    const task = await newTask();
    const run = (findings: object[], more: object = {}): Promise<Validation> =>
      record({ taskId: task, validationStatus: 'failed', toolName: 'eslint', findings, ...more });
    const first = await run([a, a, b]);
    expect(first.findingCounts).toMatchObject({ new: 3, existing: 0, fixed: 0, error: 2, warning: 1 });
    await run([], { toolName: 'other' });
    await run([], { validationStatus: 'error' });
    const second = await run([
      { ...a, startLine: 30 },
      { ...b, startLine: 90, message: 'Complexity is 14' },
      { ...b, file: 'b.ts' },
    ]);
    expect(second.findingCounts).toMatchObject({ new: 1, existing: 2, fixed: 1, error: 1, warning: 2 });
    expect((await findingsOf(second.id)).map(({ state, rule, startLine }) => `${state} ${rule} ${startLine}`)).toEqual([
      'existing semi 30',
      'existing complexity 90',
      'new complexity 9',
      'fixed semi 3',
    ]);
    const third = await run([a, b]);
    expect(third.findingCounts).toMatchObject({ new: 0, existing: 2, fixed: 1 });
    expect((await findingsOf(third.id, '&state=existing&severity=error')).map(({ rule }) => rule)).toEqual(['semi']);
  });

  it('are matched by their own fingerprint', async () => {
    const task = await newTask();
    const more = { taskId: task, validationStatus: 'failed' };
    await record({ ...more, findings: [{ message: 'one', fingerprint: 'f' }] });
    const second = await record({ ...more, findings: [{ message: 'quite another', fingerprint: 'f' }] });
    expect(second.findingCounts).toMatchObject({ new: 0, existing: 1, fixed: 0 });
  });

  it('reported while it ran are complete when it ends', async () => {
    const task = await newTask();
    await record({ taskId: task, validationStatus: 'failed', findings: [a, b] });
    const { id } = await record({ taskId: task, validationStatus: 'running', findings: [a] });
    expect((await findingsOf(id)).map(({ state }) => state)).toEqual(['existing']);
    const ended = await as(ada).patch<Validation>(`/validations/${id}`, { validationStatus: 'failed' });
    expect(ended.body.data.findingCounts).toMatchObject({ new: 0, existing: 1, fixed: 1 });
    // A report without findings does not say that there are none.
    const silent = await record({ taskId: task, validationStatus: 'passed' });
    expect(silent.findingCounts).toBeNull();
    const clean = await record({ taskId: task, validationStatus: 'passed', findings: [] });
    expect(clean.findingCounts).toMatchObject({ new: 0, existing: 0, fixed: 1, error: 0 });
  });
});

describe('a list of validations', () => {
  it('filters, sorts, and pages by offset and by cursor alike', async () => {
    const task = await newTask();
    for (let i = 0; i < 7; i++) {
      await record({
        ...{ taskId: task, validationType: i % 2 ? 'style' : 'testing', validationScore: i * 10 },
        ...{
          externalId: `e${i}`,
          commitSha: i < 3 ? 'aaaaaaa' : 'bbbbbbb',
          validationStatus: i < 5 ? 'passed' : 'failed',
        },
      });
    }
    const ids = async (query: string): Promise<(string | null)[]> => {
      const { status, body } = await as(ada).get<Validation[]>(`/validations?taskId=${task}&${query}`);
      expect(status).toBe(200);
      return body.data.map(({ externalId }) => externalId);
    };
    expect(await ids('sort=createdAt')).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6']);
    expect(await ids('validationType=style')).toEqual(['e5', 'e3', 'e1']);
    expect(await ids('validationStatus=failed,error')).toEqual(['e6', 'e5']);
    expect(await ids('commitSha=aaaaaaa&sort=-validationScore')).toEqual(['e2', 'e1', 'e0']);
    expect(await ids('validationScoreMin=30&validationScoreMax=40&sort=validationScore')).toEqual(['e3', 'e4']);
    expect(await ids('externalId=e2,e4&projectKey=web')).toEqual(['e4', 'e2']);
    expect(await ids(`teamId=${team}&createdAfter=2100-01-01`)).toEqual([]);
    expect(await ids('createdBefore=2100-01-01&limit=2&offset=2')).toEqual(['e4', 'e3']);
    const walked: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Reply<Validation[]> = await as(ada).get(`/validations?taskId=${task}&limit=3&cursor=${cursor}`);
      walked.push(...page.body.data.map(({ externalId }) => externalId!));
      cursor = page.body.pagination!.nextCursor;
    }
    expect(walked).toEqual(['e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0']);
    const sparse = await as(ada).get(`/validations?taskId=${task}&fields=id,validationStatus&limit=1`);
    expect(Object.keys((sparse.body.data as unknown as object[])[0]!)).toEqual(['id', 'validationStatus']);
    expect((await as(eve).get(`/validations?taskId=${task}`)).status).toBe(404);
    expect((await as(ada).get('/validations?colour=1')).status).toBe(400);
  });
});

// Seen to fail: without the permission check in app.record_validation, the viewer's key recorded a result.
describe('a caller who may write but not read validations', () => {
  it('records, changes and retries, and receives only id, version and status', async () => {
    const body = { taskId, validationType: 'testing', externalId: 'blind', findings: [{ message: 'm' }] };
    const made = await as(bot).post<Validation>('/validations', { ...body, validationStatus: 'running' });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.body.data).toEqual({ id, version: 1, validationStatus: 'running' });
    const again = await as(bot).post<Validation>('/validations', body);
    expect([again.status, again.body.data]).toEqual([200, made.body.data]);
    const put = await as(bot).put(`/validations/${id}`, { validationStatus: 'failed', validationData: { tests: 3 } });
    expect([put.status, put.body.data]).toEqual([200, { id, version: 2, validationStatus: 'failed' }]);
    expect((await as(bot).with({ 'if-match': '"1"' }).patch(`/validations/${id}`, {})).status).toBe(412);
    const retried = await as(bot).post(`/validations/${id}/retry`);
    expect(retried.body.data).toEqual({ id, version: 3, validationStatus: 'queued' });
    for (const path of ['', `/${id}`, `/${id}/findings`, `/${id}/attempts`])
      expect((await as(bot).get(`/validations${path}`)).status).toBe(403);
    expect((await as(ada).get(`/validations/${id}`)).body.data).toMatchObject({ createdBy: bot.id, retryCount: 1 });
  });

  it('writes nothing else', async () => {
    const { body } = await as(eve).post<{ id: string }>('/tasks', { title: 'elsewhere' });
    const there = { taskId: body.data.id, validationType: 'style' };
    expect((await as(bot).post('/validations', there)).status).toBe(404);
    const made = await as(eve).post<Validation>('/validations', there);
    expect((await as(bot).put(`/validations/${made.body.data.id}`, {})).status).toBe(404);
    expect((await as(bot).post(`/validations/${made.body.data.id}/retry`)).status).toBe(404);
    expect((await as(viewer).post('/validations', { taskId, validationType: 'style' })).status).toBe(403);
  });
});
