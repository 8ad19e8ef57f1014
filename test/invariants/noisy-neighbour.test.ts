import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { tasksJson } from '../../bench/tasks-json.mjs';
import type { TestUser } from '../support/app.js';
import { addUser } from '../support/app.js';
import { Client } from '../support/client.js';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';
import { thoroughness } from '../support/thoroughness.js';
import { InstanceProcess } from './instance-process.js';

const { threads, tasks, quietWrites, acquireMs } = thoroughness.neighbour;

let database: TestDatabase;
let admin: pg.Pool;
let instance: InstanceProcess;
let noisy: TestUser;
let quiet: TestUser;

/** The milliseconds of a percentile, of sorted times. */
const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.ceil(sorted.length * part) - 1] ?? 0;

/** Writes one after the other, and the statuses of those that were not accepted. */
async function write(goesOn: (written: number) => boolean): Promise<{ times: number[]; refused: number[] }> {
  const client = new Client(instance.url, quiet);
  const times: number[] = [];
  const refused: number[] = [];
  while (goesOn(times.length)) {
    const start = performance.now();
    const { status } = await client.post('/tasks', { title: `task ${times.length}` });
    times.push(performance.now() - start);
    if (status !== 201) refused.push(status);
  }
  return { times: times.sort((a, b) => a - b), refused };
}

/*
 * Seen to fail: with imports on the pool of writes, waiting for the lock of their team on a connection, and without the slot
 * that no subject may have alone, writes of the other tenant were refused.
 */
describe('A tenant that imports on many connections', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Pool({ connectionString: database.url, max: 1 });
    const sql = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
      (await admin.query<Row>(text, values)).rows;
    [noisy, quiet] = [await addUser(sql, 'developer', 'noisy', null), await addUser(sql, 'developer', 'quiet', null)];
    instance = await InstanceProcess.start(database, {
      DB_POOL_MAX: '16',
      DB_ACQUIRE_TIMEOUT_MS: String(acquireMs),
    });
  });

  afterAll(async () => {
    await instance.stop();
    await admin.end();
    await database.drop();
  });

  it('costs no other tenant a write', async () => {
    const importer = new Client(instance.url, noisy);
    const made = await importer.post('/projects', { projectKey: 'noisy', name: 'Noisy', teamId: noisy.teamId });
    expect(made.status).toBe(201);
    const alone = await write((written) => written < quietWrites);
    expect(alone.refused).toEqual([]);
    const end = new AbortController();
    const imports = Promise.all(
      Array.from({ length: threads }, (_, n) =>
        importer.post('/projects/noisy/import', JSON.stringify(tasksJson(tasks, `thread ${n}`))),
      ),
    ).finally(() => end.abort());
    const beside = await write(() => !end.signal.aborted);
    const statuses = (await imports).map(({ status }) => status);
    // Timing is reported, not asserted.
    const report = ({ times }: typeof alone): string =>
      `${times.length} writes, p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;
    process.stderr.write(`quiet: ${report(alone)}; beside ${threads} imports of ${tasks} tasks: ${report(beside)}\n`);
    process.stderr.write(`imports: ${statuses.join(' ')}\n`);
    expect(beside.refused).toEqual([]);
    // An import that has waited too long for its turn is told to come again.
    for (const status of statuses) expect([200, 503]).toContain(status);
    expect(statuses).toContain(200);
  }, 600_000);
});
