import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorAnalytics } from '../../src/modules/analytics/error-analytics.dto.js';
import type { TaskAnalytics } from '../../src/modules/analytics/task-analytics.dto.js';
import type { ValidationAnalytics } from '../../src/modules/analytics/validation-analytics.dto.js';
import { startTestApp } from '../support/app.js';
import type { TestApp, TestUser } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

// test/invariants/analytics verifies the figures; this suite covers the endpoints.
let app: TestApp;
let user: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  client = new Client(app.url, user);
});

afterAll(() => app.close());

const problems = ({ body }: Reply<unknown>): unknown =>
  body.errors?.map(({ path, code }) => [path, code]).toSorted(([a], [b]) => String(a).localeCompare(String(b)));

describe('GET /analytics/tasks', () => {
  it('follows a task through the service', async () => {
    const team = await app.team(user);
    const ask = async (): Promise<TaskAnalytics['totals']> =>
      (await client.get<TaskAnalytics>(`/analytics/tasks?window=24h&teamId=${team}`)).body.data.totals;
    const { data } = (await client.post('/tasks', { title: 'one', teamId: team })).body;
    const path = `/tasks/${String(data['id'])}`;
    expect(await ask()).toMatchObject({ total: 1, open: 1, created: 1, completed: 0 });
    const begun = await client.patch(path, { status: 'in_progress' });
    expect(begun.body.data['startedAt']).toBe(begun.body.data['updatedAt']);
    await client.post(`${path}/complete`);
    expect(await ask()).toMatchObject({ open: 0, started: 1, completed: 1, cycleTime: { count: 1 } });
    const again = await client.patch(path, { status: 'in_progress' });
    expect(again.body.data['startedAt']).toBe(begun.body.data['startedAt']);
    expect(await ask()).toMatchObject({ open: 1, reopened: 1, completed: 1, cycleTime: { count: 0 } });
    await client.delete(path);
    expect(await ask()).toMatchObject({ total: 0, open: 0, created: 1, deleted: 1 });
    await client.post(`${path}/restore`);
    expect(await ask()).toMatchObject({ total: 1, open: 1, restored: 1 });
  });

  it('counts an import at the times in its file, and ignores a dry run', async () => {
    const team = await app.team(user);
    await client.post('/projects', { projectKey: 'imported', name: 'Imported', teamId: team });
    const now = Date.now();
    const createdAt = new Date(now - 10 * 86_400_000).toISOString();
    const updatedAt = new Date(now - 5 * 86_400_000).toISOString();
    const file = {
      master: {
        tasks: [
          { id: 1, title: 'done', status: 'done', createdAt, updatedAt },
          { id: 2, title: 'open' },
        ],
      },
    };
    const path = `/projects/imported/import?teamId=${team}`;
    expect((await client.post(`${path}&dryRun=true`, file)).status).toBe(200);
    const ask = async (): Promise<TaskAnalytics> =>
      (await client.get<TaskAnalytics>(`/analytics/tasks?window=7d&groupBy=project&teamId=${team}`)).body.data;
    expect((await ask()).totals.total).toBe(0);
    expect((await client.post(path, file)).status).toBe(200);
    const { totals, groups } = await ask();
    expect(totals).toMatchObject({ total: 2, created: 1, completed: 1, leadTime: { count: 1, mean: 5 * 86_400 } });
    expect(groups).toMatchObject([{ key: 'imported', name: 'Imported', teamId: team, total: 2 }]);
  });

  // Seen to fail: a service that stopped at the first problem, or accepted an unknown parameter, reported fewer.
  it('reports all problems of a request at once', async () => {
    const bad =
      '/analytics/tasks?from=yesterday&window=8d&bucket=year&timeZone=Mars/Olympus&groupBy=colour&limit=0&teamId=1&colour=red&type=';
    const answer = await client.get(bad);
    expect([answer.status, problems(answer)]).toEqual([
      400,
      [
        ...['bucket'].map((name) => [`query.${name}`, 'INVALID_PARAMETER']),
        ['query.colour', 'UNKNOWN_PARAMETER'],
        ...['from', 'groupBy', 'limit', 'teamId', 'timeZone', 'type', 'window', 'window'].map((name) => [
          `query.${name}`,
          'INVALID_PARAMETER',
        ]),
      ],
    ]);
  });

  it.each([
    ['from=2026-02-01&to=2026-01-01', 'to'],
    ['from=1999-12-31', 'from'],
    ['from=2026-01-01&to=2026-12-31&bucket=hour', 'bucket'],
    ['window=7d&to=2026-01-01', 'window'],
  ])('refuses %s', async (query, name) => {
    const answer = await client.get(`/analytics/tasks?${query}`);
    expect([answer.status, problems(answer)]).toEqual([400, [[`query.${name}`, 'INVALID_PARAMETER']]]);
  });

  it('starts days at midnight in the requested time zone', async () => {
    const { body } = await client.get<TaskAnalytics>(
      '/analytics/tasks?from=2026-03-28&to=2026-03-31&timeZone=Europe/Berlin&bucket=day',
    );
    expect(body.data.buckets.map(({ start }) => start)).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
  });
});

describe('the start of a task', () => {
  it('comes from the file for a task imported in progress, and clients cannot set it', async () => {
    const { body } = await client.post('/tasks', { title: 'begun', status: 'in_progress' });
    expect(body.data['startedAt']).toBe(body.data['createdAt']);
    const refused = await client.patch(`/tasks/${String(body.data['id'])}`, { startedAt: '2026-01-01' });
    expect(problems(refused)).toEqual([['startedAt', 'UNKNOWN_FIELD']]);
  });
});

describe('GET /analytics/validations', () => {
  it('follows a validation and its retry', async () => {
    const task = await client.post('/tasks', { title: 'checked' });
    const made = await client.post('/validations', {
      taskId: task.body.data['id'],
      validationType: 'testing',
      validationStatus: 'failed',
      executionTimeMs: 1_500,
    });
    expect(made.status).toBe(201);
    const { body } = await client.get<ValidationAnalytics>('/analytics/validations?window=24h&groupBy=type');
    expect(body.data).toMatchObject({
      totals: { total: 1, passRate: 0, durations: { count: 1, mean: 1.5 } },
      flakiness: { judged: 1, flaky: 0 },
      groups: [{ key: 'testing', total: 1 }],
    });
  });

  it('requires validations:read', async () => {
    const blind = new Client(app.url, await app.user('api_client'));
    expect((await blind.get('/analytics/validations')).status).toBe(403);
    expect((await blind.get('/analytics/errors')).status).toBe(403);
  });
});

describe('GET /analytics/errors', () => {
  it('counts the reported errors', async () => {
    const reporter = new Client(app.url, await app.user('admin'));
    const report = {
      errorCode: 'E1',
      errorCategory: 'db',
      errorSeverity: 'critical',
      errorMessage: 'lost',
      teamId: user.teamId,
    };
    for (let n = 0; n < 3; n++) expect((await reporter.post('/errors', report)).status).toBeLessThan(300);
    const { body } = await client.get<ErrorAnalytics>(
      `/analytics/errors?window=24h&groupBy=severity&teamId=${user.teamId}`,
    );
    expect(body.data).toMatchObject({
      totals: { occurrences: 3, errors: 1, newErrors: 1, unresolved: 1 },
      top: [{ errorCode: 'E1', occurrences: 3 }],
      groups: [{ key: 'critical', occurrences: 3, errors: 1 }],
    });
  });
});
