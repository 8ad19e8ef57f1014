import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TestUser } from '../support/app.js';
import { addUser } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';
import pg from 'pg';
import { thoroughness } from '../support/thoroughness.js';
import type { FloodAnswer, LargeRequest } from './body-flood.js';
import { sendLargeBody } from './body-flood.js';
import { InstanceProcess } from './instance-process.js';
import { growthOfMemory, mebibytes } from './process-memory.js';

const CONNECTIONS = thoroughness.floodingConnections;
const BODY = mebibytes(60);
/** MiB that all connections of strangers may cost the process together. */
const GROWTH_MAX = 64;
const WARM_UP = 3_000;
/** Where no credential is asked for before the body. */
const PATHS = ['/api/v1/auth/login', '/api/v1/nowhere', '/graphql', '/'];
const IMPORT = '/api/v1/projects/main/import';

let database: TestDatabase;
let admin: pg.Pool;
let instance: InstanceProcess;
let ada: TestUser;

const times = <T>(count: number, make: (place: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** Milliseconds of answers to /health/live, one after the other, while the work runs. */
async function livenessBeside(work: () => Promise<void>): Promise<number[]> {
  const url = `${instance.url}/api/v1/health/live`;
  const probe = new Worker(new URL('./liveness-probe.mjs', import.meta.url), { workerData: { url } });
  const measured = once(probe, 'message') as Promise<[number[]]>;
  await Promise.race([work(), measured]);
  probe.postMessage('end');
  const [milliseconds] = await measured;
  await probe.terminate();
  return milliseconds;
}

async function flood(
  name: string,
  requests: readonly LargeRequest[],
): Promise<{ answers: FloodAnswer[]; growth: number }> {
  let answers: FloodAnswer[] = [];
  const growth = await growthOfMemory(instance.pid, async () => {
    const live = await livenessBeside(async () => {
      answers = await Promise.all(requests.map((request) => sendLargeBody(instance.url, request)));
    });
    const p99 = live[Math.ceil(live.length * 0.99) - 1] ?? 0;
    const sent = answers.reduce((sum, one) => sum + one.sent, 0) / mebibytes(1);
    // Timing is reported, not asserted: it says as much about the machine as about the service.
    process.stderr.write(
      `${name}: ${live.length} answers of /health/live, p99 ${p99.toFixed(1)} ms, ${Math.round(sent)} MiB sent\n`,
    );
  });
  process.stderr.write(`${name}: memory + ${growth.toFixed(1)} MiB\n`);
  return { answers, growth };
}

const kinds = (answers: readonly FloodAnswer[]): string[] => [
  ...new Set(answers.map(({ status, code }) => `${status} ${code ?? 'without an answer'}`)),
];

describe('Bodies of strangers', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Pool({ connectionString: database.url, max: 1 });
    const sql = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
      (await admin.query<Row>(text, values)).rows;
    ada = await addUser(sql, 'developer', 'ada', null);
    instance = await InstanceProcess.start(database, { LOG_LEVEL: 'silent' });
    // The first requests compile code, open connections and let V8 grow its heap, which are no cost of a body.
    for (const path of [...times(WARM_UP, () => '/api/v1/health/live'), '/api/v1/tasks']) {
      await (await fetch(`${instance.url}${path}`, { headers: { 'x-api-key': ada.key } })).text();
    }
    // So many connections with small bodies cost what connections cost; the tests measure what large bodies add.
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        times(CONNECTIONS, () => sendLargeBody(instance.url, { path: IMPORT, bytes: 1_024, isChunked: false })),
      );
    }
    for (const path of PATHS) await (await fetch(`${instance.url}${path}`, { method: 'POST', body: '{}' })).text();
  });

  afterAll(async () => {
    await instance.stop();
    await admin.end();
    await database.drop();
  });

  it(`are never read: ${CONNECTIONS} connections with 60 MiB each cost less than 64 MiB, chunked or not`, async () => {
    const bodies = times(CONNECTIONS, (n) => ({ path: IMPORT, bytes: BODY, isChunked: n % 2 === 1 }));
    const { answers, growth } = await flood('without a credential', bodies);
    expect(kinds(answers)).toEqual(['401 UNAUTHENTICATED']);
    expect(growth).toBeLessThanOrEqual(GROWTH_MAX);
  });

  it('are never read behind a key that is wrong', async () => {
    const headers = { 'x-api-key': `tmk_${'x'.repeat(43)}` };
    const bodies = times(CONNECTIONS, (n) => ({ path: IMPORT, headers, bytes: BODY, isChunked: n % 2 === 1 }));
    const { answers, growth } = await flood('with a wrong key', bodies);
    expect(kinds(answers)).toEqual(['401 UNAUTHENTICATED']);
    expect(growth).toBeLessThanOrEqual(GROWTH_MAX);
  });

  it('are cut off where no credential is needed, at unknown paths and at GraphQL', async () => {
    const bodies = times(CONNECTIONS, (n) => ({
      path: PATHS[n % PATHS.length]!,
      bytes: BODY,
      isChunked: Math.floor(n / PATHS.length) % 2 === 1,
    }));
    const { answers, growth } = await flood('elsewhere', bodies);
    const refusals = [
      '413 PAYLOAD_TOO_LARGE',
      '404 NOT_FOUND',
      '401 UNAUTHENTICATED',
      '405 METHOD_NOT_ALLOWED',
      '503 OVERLOADED',
    ];
    for (const kind of kinds(answers)) expect(refusals).toContain(kind);
    expect(growth).toBeLessThanOrEqual(GROWTH_MAX);
  });
});
