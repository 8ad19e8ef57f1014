import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { Drain } from '../../src/platform/http/drain.js';
import { VERSION } from '../../src/platform/telemetry/version.js';
import { eventually } from '../db/database-fixture.js';
import type { TcpProxy } from '../db/tcp-proxy.js';
import { startProxy } from '../db/tcp-proxy.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

let app: TestApp;
let admin: TestUser;
let developer: TestUser;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.user('admin');
  developer = await app.user();
});

afterAll(async () => {
  await app.close();
});

const anybody = (): Client => new Client(app.url);
const readiness = async (client: Client): Promise<[number, string | undefined]> => {
  const { status, body } = await client.get('/health/ready');
  return [status, body.code];
};

describe('health', () => {
  it('reports status, version and uptime to everybody', async () => {
    const { status, body } = await anybody().get('/health');
    expect(status).toBe(200);
    expect(body.data).toEqual({ status: 'ok', version: VERSION, uptimeSeconds: expect.any(Number) });
  });

  it('reports liveness and readiness to everybody', async () => {
    expect((await anybody().get('/health/live')).body.data).toEqual({ status: 'ok' });
    expect((await anybody().get('/health/ready')).body.data).toEqual({ status: 'ready' });
  });

  it('refuses unknown parameters', async () => {
    const paths = ['/health', '/health/live', '/health/ready'];
    const statuses = await Promise.all(paths.map(async (path) => (await anybody().get(`${path}?deep=1`)).status));
    expect(statuses).toEqual([400, 400, 400]);
  });

  it('ignores an invalid credential', async () => {
    expect((await anybody().with({ 'x-api-key': 'wrong' }).get('/health/live')).status).toBe(200);
  });
});

describe('detailed health', () => {
  it('shows an admin the database, every pool and the memory', async () => {
    const { status, body } = await new Client(app.url, admin).get('/health/detailed');
    expect(status).toBe(200);
    const pools = ['read', 'write', 'imports', 'analytics', 'background'];
    expect(body.data).toMatchObject({
      status: 'ok',
      version: VERSION,
      nodeVersion: process.versions.node,
      database: { reachable: true, latencyMs: expect.any(Number), serverVersion: expect.stringMatching(/^\d+/) },
      pools: pools.map((pool) => ({ pool, healthy: true, max: expect.any(Number), failed: 0 })),
      replicas: [],
      memory: { heapUsed: expect.any(Number), rss: expect.any(Number) },
    });
    const { schemaVersion, expectedSchemaVersion } = body.data['database'] as Record<string, number>;
    expect(schemaVersion).toBe(expectedSchemaVersion);
  });

  it('reveals no host, login or database', async () => {
    const { text } = await new Client(app.url, admin).get('/health/detailed');
    const { hostname, port, username } = new URL(app.database.serviceUrl);
    for (const name of [hostname, port, `"${username}"`, app.database.name]) expect(text).not.toContain(name);
  });

  it('is restricted to admins', async () => {
    expect((await anybody().get('/health/detailed')).status).toBe(401);
    expect((await new Client(app.url, developer).get('/health/detailed')).status).toBe(403);
  });

  it('refuses a revoked key at once, even if it is cached', async () => {
    const user = await app.user('admin');
    const client = new Client(app.url, user);
    expect((await client.get('/health/detailed')).status).toBe(200);
    await app.sql('update public.api_keys set revoked_at = now() where id = $1', [user.keyId]);
    expect((await client.get('/health/detailed')).status).toBe(401);
  });
});

describe('readiness follows the schema', () => {
  const LAST = 'select max("timestamp") from public.migrations';

  it('is false while the schema is too old, and true again afterwards', async () => {
    await app.sql(`update public.migrations set "timestamp" = "timestamp" - 5000 where "timestamp" = (${LAST})`);
    expect(await eventually(async () => (await readiness(anybody()))[0] === 503)).toBe(true);
    const { body } = await anybody().get('/health/ready');
    expect(body).toMatchObject({ code: 'DATABASE_UNAVAILABLE', detail: expect.stringContaining('schema') });
    await app.sql(`update public.migrations set "timestamp" = "timestamp" + 5000 where "timestamp" < 1800000000000`);
    expect(await eventually(async () => (await readiness(anybody()))[0] === 200)).toBe(true);
  });

  it('stays true on a newer schema, because the old version runs on it during an update', async () => {
    await app.sql(`insert into public.migrations ("timestamp", name) values (1900000000000, 'Later1900000000000')`);
    const { body } = await new Client(app.url, admin).get('/health/detailed');
    expect(body.data['database']).toMatchObject({ schemaVersion: 1900000000000 });
    expect(await readiness(anybody())).toEqual([200, undefined]);
    await app.sql(`delete from public.migrations where "timestamp" = 1900000000000`);
  });
});

describe('with read replicas', () => {
  it('the response to a write states the position to request from other instances', async () => {
    // The primary as its own replica: no read goes there, but writes are recorded.
    const replicated = await startTestApp(({ url }) => ({ DB_READ_HOSTS: new URL(url).host }));
    try {
      const client = new Client(replicated.url, await replicated.user());
      const made = await client.post('/tasks', { title: 'x' });
      expect(made.headers.get('consistency-token')).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
      expect((await client.get('/tasks')).headers.get('consistency-token')).toBeNull();
    } finally {
      await replicated.close();
    }
  });
});

describe('while the database is away', () => {
  let away: TestApp;
  let proxy: TcpProxy;
  let operator: TestUser;

  beforeAll(async () => {
    const { hostname, port } = new URL(app.database.url);
    proxy = await startProxy(hostname, Number(port));
    away = await startTestApp((database) => {
      const url = new URL(database.serviceUrl);
      url.port = String(proxy.port);
      return { DATABASE_URL: url.href, DB_ACQUIRE_TIMEOUT_MS: '2000' };
    });
    operator = await away.user('admin');
  });

  afterAll(async () => {
    await away.close();
    await proxy.close();
  });

  const breakages: [string, (broken: boolean) => void][] = [
    [
      'refuses connections',
      (broken) => {
        proxy.refuse(broken);
        proxy.reset();
      },
    ],
    ['swallows everything', (broken) => proxy.swallow(broken)],
  ];

  it.each(breakages)('and %s, the process is alive but not ready, and recovers by itself', async (_, breakIt) => {
    const client = new Client(away.url, operator);
    await client.get('/health/detailed');
    expect(await readiness(client)).toEqual([200, undefined]);
    breakIt(true);
    expect(await eventually(async () => (await readiness(client))[0] === 503)).toBe(true);
    const [live, ready, detailed] = await Promise.all(
      ['live', 'ready', 'detailed'].map((path) => client.get(`/health/${path}`)),
    );
    expect(live!.status).toBe(200);
    expect([ready!.status, ready!.body.code, ready!.headers.get('retry-after')]).toEqual([
      503,
      'DATABASE_UNAVAILABLE',
      '1',
    ]);
    expect([detailed!.status, detailed!.body.data['database']]).toMatchObject([200, { reachable: false }]);
    breakIt(false);
    proxy.reset();
    expect(await eventually(async () => (await readiness(client))[0] === 200)).toBe(true);
  });

  it('reports degraded once a pool check has failed', async () => {
    proxy.refuse(true);
    proxy.reset();
    await away.app.get(Database).checkHealth();
    expect((await new Client(away.url).get('/health')).body.data).toMatchObject({ status: 'degraded' });
    proxy.refuse(false);
    const works = async (): Promise<boolean> => {
      await away.app.get(Database).checkHealth();
      const { body } = await new Client(away.url).get('/health');
      return body.data['status'] === 'ok';
    };
    expect(await eventually(works)).toBe(true);
  });
});

describe('a shutdown', () => {
  interface Held {
    readonly draining: TestApp;
    /** An in-flight update that waits for a row locked by the test. */
    readonly inFlight: Promise<{ status: number; connection: string | null }>;
    readonly release: () => Promise<void>;
  }

  async function holdOneRequest(): Promise<Held> {
    const draining = await startTestApp({ TASKMASTER_DRAIN_MS: '0' });
    const user = await draining.user();
    const made = await new Client(draining.url, user).post<{ id: string }>('/tasks', { title: 'held' });
    const { id } = made.body.data;
    const holder = new pg.Client({ connectionString: draining.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from public.tasks where id = $1 for update', [id]);
    const inFlight = new Client(draining.url, user)
      .patch(`/tasks/${id}`, { title: 'finished' })
      .then(({ status, headers }) => ({ status, connection: headers.get('connection') }));
    inFlight.catch(() => undefined);
    const waits = await eventually(() => draining.isBlocked());
    expect(waits).toBe(true);
    const release = async (): Promise<void> => {
      await holder.query('rollback');
      await holder.end();
    };
    return { draining, inFlight, release };
  }

  async function refusesConnections(url: string): Promise<boolean> {
    return fetch(`${url}/api/v1/health/live`).then(
      () => false,
      () => true,
    );
  }

  it('first turns unready but still answers, then accepts nothing and finishes requests in flight', async () => {
    const { draining, inFlight, release } = await holdOneRequest();
    const drain = draining.app.get(Drain);
    drain.begin();
    const client = new Client(draining.url);
    expect(await readiness(client)).toEqual([503, 'SHUTTING_DOWN']);
    const live = await client.get('/health/live');
    expect([live.status, live.headers.get('connection')]).toEqual([200, 'close']);
    expect((await client.get('/health')).body.data).toMatchObject({ status: 'draining' });
    const closed = drain.close(draining.app);
    expect(await eventually(() => refusesConnections(draining.url))).toBe(true);
    await release();
    expect(await inFlight).toEqual({ status: 200, connection: 'close' });
    await closed;
    const [task] = await draining.sql<{ title: string }>('select title from public.tasks');
    expect(task!.title).toBe('finished');
    await draining.close();
  });

  it('answers a request on an open connection, and closes the connection', async () => {
    const { draining, inFlight, release } = await holdOneRequest();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = async (): Promise<IncomingMessage> => {
      const sent = request(`${draining.url}/api/v1/health/live`, { agent }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      return response;
    };
    expect((await call()).headers.connection).toBe('keep-alive');
    draining.app.get(Drain).begin();
    const last = await call();
    expect([last.statusCode, last.headers.connection]).toEqual([200, 'close']);
    agent.destroy();
    await release();
    await inFlight;
    await draining.close();
  });

  it('aborts requests that exceed the deadline', async () => {
    const { draining, inFlight, release } = await holdOneRequest();
    const closed = draining.app.get(Drain).close(draining.app, 100);
    await expect(inFlight).rejects.toThrow();
    await closed;
    await release();
    await draining.close();
  });
});
