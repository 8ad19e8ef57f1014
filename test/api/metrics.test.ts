import { POOL_NAMES } from '../../src/platform/database/pool-plan.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { Registry } from 'prom-client';
import { STATUSES } from '../../src/modules/tasks/task.values.js';
import { Database } from '../../src/platform/database/database.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { MetricsServer } from '../../src/platform/telemetry/metrics-server.js';
import { TASK_STATUSES, TaskMetrics } from '../../src/platform/telemetry/task-metrics.js';
import { eventually } from '../db/database-fixture.js';
import { startProxy } from '../db/tcp-proxy.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

let app: TestApp;
let ada: TestUser;
let admin: TestUser;
const log: string[] = [];

beforeAll(async () => {
  app = await startTestApp({ LOG_LEVEL: 'debug' }, { write: (line) => void log.push(line) });
  ada = await app.user();
  admin = await app.user('admin');
});

afterAll(async () => {
  await app.close();
});

const scrape = (): Promise<string> => app.app.get(Metrics).text();

/** The value of one series; undefined when there is none. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const seriesOf = (text: string, name: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith(`${name}{`) ? [line.slice(0, line.lastIndexOf(' '))] : []));

describe('the names that dashboards know', () => {
  it.each(POOL_NAMES)('count the queries of the pool %s from 0', async (pool) => {
    const text = await scrape();
    const [total, successful, failed] = ['total', 'successful', 'failed'].map((name) =>
      valueOf(text, `taskmaster_db_queries_${name}{pool="${pool}"}`),
    );
    expect(total).toBeGreaterThanOrEqual(0);
    expect(total).toBe(successful! + failed!);
  });

  it('count queries that succeed', async () => {
    const read = 'taskmaster_db_queries_successful{pool="read"}';
    const before = valueOf(await scrape(), read)!;
    await new Client(app.url, ada).get('/tasks');
    expect(valueOf(await scrape(), read)).toBeGreaterThan(before);
  });

  it('report uptime and memory', async () => {
    const text = await scrape();
    expect(valueOf(text, 'taskmaster_uptime_seconds')).toBeGreaterThan(0);
    expect(seriesOf(text, 'taskmaster_memory_usage_bytes').toSorted()).toEqual(
      ['external', 'heap_total', 'heap_used', 'rss'].map((type) => `taskmaster_memory_usage_bytes{type="${type}"}`),
    );
  });

  it('declare counters as counters and gauges as gauges', async () => {
    const text = await scrape();
    const types = Object.fromEntries([...text.matchAll(/^# TYPE (taskmaster_\S+) (\w+)$/gm)].map(([, n, t]) => [n, t]));
    expect(types).toMatchObject({
      taskmaster_db_queries_total: 'counter',
      taskmaster_db_queries_successful: 'counter',
      taskmaster_db_queries_failed: 'counter',
      taskmaster_tasks_total: 'gauge',
      taskmaster_uptime_seconds: 'gauge',
      taskmaster_memory_usage_bytes: 'gauge',
      taskmaster_http_request_duration_seconds: 'histogram',
    });
  });

  it('include the event loop, CPU time and the state of every pool', async () => {
    const text = await scrape();
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('process_cpu_seconds_total');
    for (const name of [
      'max',
      'size',
      'idle',
      'waiting',
      'healthy',
      'acquire_seconds_total',
      'acquire_duration_seconds_count',
    ]) {
      expect(seriesOf(text, `taskmaster_db_pool_${name}`)).toHaveLength(5);
    }
  });
});

describe('tasks by status', () => {
  const tasksOf = (text: string): Record<string, number | undefined> =>
    Object.fromEntries(STATUSES.map((status) => [status, valueOf(text, `taskmaster_tasks_total{status="${status}"}`)]));

  it('knows the statuses of the data model', () => {
    expect(TASK_STATUSES).toEqual([...STATUSES]);
  });

  it('counts all tenants without deleted tasks, and keeps the last counts while the database is unavailable', async () => {
    const { hostname, port } = new URL(app.database.url);
    const proxy = await startProxy(hostname, Number(port));
    const login = { host: '127.0.0.1', port: proxy.port, name: app.database.name };
    const { username: user, password } = new URL(app.database.serviceUrl);
    const pools = { max: 3, min: 0, acquireTimeoutMs: 1_000, readHosts: [] };
    const database = new Database({ login: { ...login, user, password, ssl: false }, pools });
    await database.start();
    const registry = new Registry();
    new TaskMetrics(registry, database, 0);
    const before = tasksOf(await registry.metrics());
    const teams = [ada.teamId, admin.teamId];
    await app.sql(`insert into public.tasks (team_id, title, status) select unnest($1::uuid[]), 'x', 'failed'`, [
      teams,
    ]);
    await app.sql(`insert into public.tasks (team_id, title, deleted_at) values ($1, 'x', now())`, [ada.teamId]);
    const after = tasksOf(await registry.metrics());
    expect(after).toEqual({ ...before, failed: before['failed']! + 2 });
    proxy.refuse(true);
    proxy.reset();
    expect(tasksOf(await registry.metrics())).toEqual(after);
    await database.close();
    await proxy.close();
  });

  it('are not counted again for every scrape', async () => {
    const first = tasksOf(await scrape());
    await app.sql(`insert into public.tasks (team_id, title) values ($1, 'x')`, [ada.teamId]);
    const [again, ...others] = await Promise.all([scrape(), scrape(), scrape()]);
    expect(tasksOf(again)).toEqual(first);
    expect(others.map(tasksOf)).toEqual([first, first]);
  });
});

describe('requests', () => {
  const counts = 'taskmaster_http_request_duration_seconds_count';

  it('are one series per route, not per id', async () => {
    const client = new Client(app.url, ada);
    for (let n = 0; n < 20; n++) await client.get(`/tasks/01890000-0000-7000-8000-0000000000${10 + n}`);
    const text = await scrape();
    expect(valueOf(text, `${counts}{method="GET",route="/api/v1/tasks/:id",status="4xx"}`)).toBe(20);
    expect(text).not.toContain('01890000');
  });

  it('are one series for all unknown paths and methods', async () => {
    const before = seriesOf(await scrape(), counts).filter((series) => series.includes('unmatched'));
    for (let n = 0; n < 20; n++)
      await fetch(`${app.url}/wp-admin/${n}.php?x=${n}`, { method: n % 2 ? 'GET' : 'PROPFIND' });
    const text = await scrape();
    const after = seriesOf(text, counts).filter((series) => !before.includes(series) && series.includes('unmatched'));
    expect(after.toSorted()).toEqual([
      `${counts}{method="GET",route="unmatched",status="4xx"}`,
      `${counts}{method="OTHER",route="unmatched",status="4xx"}`,
    ]);
    expect(text).not.toContain('wp-admin');
  });

  it('count their faults, with every code present from the start', async () => {
    const code = (text: string, name: string): number => valueOf(text, `taskmaster_faults_total{code="${name}"}`)!;
    const failures = (text: string): number =>
      valueOf(text, 'taskmaster_auth_failures_total{reason="unauthenticated"}')!;
    const before = await scrape();
    await new Client(app.url).get('/tasks');
    const after = await scrape();
    expect(code(before, 'POOL_EXHAUSTED')).toBe(0);
    expect(code(after, 'UNAUTHENTICATED')).toBe(code(before, 'UNAUTHENTICATED') + 1);
    expect(failures(after)).toBe(failures(before) + 1);
  });

  it('are logged in one line each, by route, without client input', async () => {
    log.length = 0;
    const sent = { 'x-canary': 'canary', cookie: 'session=canary', 'user-agent': 'canary' };
    const made = await new Client(app.url, ada).with(sent).post<{ id: string }>('/tasks', { title: 'canary' });
    await new Client(app.url, ada).with(sent).get(`/tasks/${made.body.data.id}`);
    await fetch(`${app.url}/canary?token_of=canary`, { headers: sent });
    const lines = log.map((line) => JSON.parse(line)).filter((line) => line.route !== undefined);
    expect(lines).toMatchObject([
      { method: 'POST', route: '/api/v1/tasks', status: 201, userId: ada.id, requestId: made.body.meta!.requestId },
      { method: 'GET', route: '/api/v1/tasks/:id', status: 200, userId: ada.id },
      { method: 'GET', route: 'unmatched', status: 404 },
    ]);
    expect(log.join('')).not.toContain('canary');
    expect(log.join('')).not.toContain(ada.key);
  });

  it('are logged as 499 if the client disconnects before the response', async () => {
    const made = await new Client(app.url, ada).post<{ id: string }>('/tasks', { title: 'held' });
    const holder = new pg.Client({ connectionString: app.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from public.tasks where id = $1 for update', [made.body.data.id]);
    const gone = new AbortController();
    const waiting = fetch(`${app.url}/api/v1/tasks/${made.body.data.id}`, {
      method: 'PATCH',
      headers: { 'x-api-key': ada.key, 'content-type': 'application/json' },
      body: '{"title":"never"}',
      signal: gone.signal,
    });
    const isWaiting = await eventually(() => app.isBlocked());
    expect(isWaiting).toBe(true);
    gone.abort();
    await expect(waiting).rejects.toThrow();
    const route = '"method":"PATCH","route":"/api/v1/tasks/:id","status":499';
    expect(await eventually(() => log.some((line) => line.includes(route)))).toBe(true);
    await holder.query('rollback');
    await holder.end();
    expect(log.filter((line) => line.includes('"method":"PATCH"'))).toHaveLength(1);
    // A statement cancelled because its client left is not a failure of the service.
    expect(log.filter((line) => line.includes('"level":"error"') && line.includes('AbortError'))).toEqual([]);
    expect(valueOf(await scrape(), 'taskmaster_faults_total{code="INTERNAL"}') ?? 0).toBe(0);
  });
});

describe('GET /api/v1/metrics', () => {
  it('returns plain Prometheus text to an admin', async () => {
    const answer = await new Client(app.url, admin).get('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toMatch(/^# HELP /);
  });

  it("answers an admin's key that is scoped to it", async () => {
    const key = await app.user('admin', 'prometheus', ['system:read']);
    expect((await new Client(app.url, key).get('/metrics')).status).toBe(200);
    expect((await new Client(app.url, key).get('/tasks')).status).toBe(403);
  });

  it('refuses everybody else', async () => {
    const narrow = await app.user('admin', 'narrow', ['tasks:read']);
    expect((await new Client(app.url).get('/metrics')).status).toBe(401);
    expect((await new Client(app.url, ada).get('/metrics')).status).toBe(403);
    expect((await new Client(app.url, narrow).get('/metrics')).status).toBe(403);
  });
});

describe('METRICS_PORT', () => {
  it('serves only GET /metrics, without a credential', async () => {
    const url = app.app.get(MetricsServer).url!;
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('taskmaster_uptime_seconds');
    const other = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(new URL(path, url), { method })).status;
    expect(await Promise.all([other('/'), other('/api/v1/tasks'), other('/metrics/x')])).toEqual([404, 404, 404]);
    expect(await Promise.all([other('/metrics', 'POST'), other('/metrics', 'DELETE')])).toEqual([405, 405]);
  });

  it('is closed and the route is missing when metrics are off', async () => {
    const off = await startTestApp({ PROMETHEUS_ENABLED: 'false' });
    const user = await off.user('admin');
    expect(off.app.get(MetricsServer).url).toBeNull();
    expect((await new Client(off.url, user).get('/metrics')).status).toBe(404);
    expect((await new Client(off.url).get('/metrics')).status).toBe(404);
    await off.close();
  });

  it('does not stop the service when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const lines: string[] = [];
    const env = { METRICS_PORT: String(port), LOG_LEVEL: 'error' };
    const crowded = await startTestApp(env, { write: (line) => void lines.push(line) });
    expect((await new Client(crowded.url).get('/health/live')).status).toBe(200);
    expect(crowded.app.get(MetricsServer).url).toBeNull();
    expect(lines.join('')).toContain(`METRICS_PORT ${port} cannot be used`);
    await crowded.close();
    other.close();
  });
});
