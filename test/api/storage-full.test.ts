import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';

let app: TestApp;
let ada: TestUser;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user();
  // What PostgreSQL says when an extension of a file fails for want of space.
  await app.sql(`create function public.disk_full() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file "base/5/16384": No space left on device' using errcode = '53100';
    end $$`);
});

afterAll(() => app.close());

const as = (user: TestUser): Client => new Client(app.url, user);
const fill = () =>
  app.sql('create trigger a_disk_full before insert on public.tasks for each row execute function public.disk_full()');
const ready = async (): Promise<[number, string | undefined]> => {
  const { status, body } = await new Client(app.url).get('/health/ready');
  return [status, body.code];
};

/* Seen to fail: without the SQLSTATE in sql-state.ts the write is a 500 INTERNAL, and readiness knows nothing. */
describe('A full disk of the database', () => {
  it('is a 503 of its own on every surface, counted, and no longer ready, until a write succeeds', async () => {
    expect(await ready()).toEqual([200, undefined]);
    await fill();
    const { status, body, headers, text } = await as(ada).post('/tasks', { title: 'no room' });
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'STORAGE_FULL', '1']);
    expect(text).not.toMatch(/base\/5|device/);
    const answer = await new GraphqlClient(app.url, ada).run('mutation { createTask(input: { title: "x" }) { id } }');
    expect(answer.code).toBe('STORAGE_FULL');
    expect(await ready()).toEqual([503, 'STORAGE_FULL']);
    expect((await as(ada).get('/tasks')).status).toBe(200);
    expect((await new Client(app.url).get('/health')).body.data).toMatchObject({ status: 'degraded' });
    const metrics = await app.app.get(Metrics).text();
    expect(metrics).toMatch(/^taskmaster_db_storage_full_total 2$/m);
    expect(metrics).toMatch(/^taskmaster_db_storage_full 1$/m);
    await app.sql('drop trigger a_disk_full on public.tasks');
    expect((await as(ada).post('/tasks', { title: 'room' })).status).toBe(201);
    expect(await ready()).toEqual([200, undefined]);
    expect(await app.app.get(Metrics).text()).toMatch(/^taskmaster_db_storage_full 0$/m);
  });
});
