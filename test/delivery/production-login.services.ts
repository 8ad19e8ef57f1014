import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { findBinaries } from '../../src/platform/embedded/binaries.js';
import { freePort } from '../../src/platform/embedded/ports.js';
import { POSTGRES_15, startServer } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { eventually } from '../start/program.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PSQL_FOLDER = '/usr/lib/postgresql/15/bin';

// Upper bound for a busy machine, not an expected duration.
jest.setTimeout(180_000);

interface FirstRun {
  readonly apiKey: string;
}

/**
 * The start that deploy/README.md describes: a login of the service that may do nothing but switch roles, made by a role that
 * is no superuser, and migrations by that role.
 * Seen to fail: with the schema read as the login itself, the start ended with "permission denied for schema app".
 */
describe.each([
  ['15', POSTGRES_15],
  ['18', findBinaries()],
])('a production start on PostgreSQL %s', (_, binaries) => {
  let server: PostgresServer;
  let base: string;

  const environment = (user: string): Record<string, string> => ({
    PATH: `${PSQL_FOLDER}:${process.env['PATH'] ?? ''}`,
    DB_HOST: server.host,
    DB_PORT: String(server.port),
    DB_NAME: 'taskmaster',
    DB_USER: user,
    DB_PASSWORD: 'unused with trust',
    DB_SSL_MODE: 'disable',
    JWT_SECRET: 'a secret for tests that is long enough',
    TASKMASTER_ENV_FILE: '/dev/null',
    TASKMASTER_DATA: join(base, 'data'),
  });

  const migrate = (): string =>
    execFileSync(process.execPath, [join(ROOT, 'bin/taskmaster.mjs'), 'migrate'], {
      env: environment('operator'),
      encoding: 'utf8',
    });

  beforeAll(async () => {
    const build = `await (await import('./bin/prepare.mjs')).prepare({ build: true })`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', build], { cwd: ROOT, stdio: 'pipe' });
    base = await mkdtemp(join(tmpdir(), 'taskmaster-production-'));
    server = await startServer(await binaries);
    const superuser = new pg.Client({ connectionString: server.url('postgres') });
    await superuser.connect();
    await superuser.query('create role operator login createrole');
    await superuser.query('create database taskmaster owner operator');
    await superuser.end();
    execFileSync('sh', [join(ROOT, 'deploy/postgres/10-service-login.sh')], {
      env: {
        ...environment('operator'),
        PGHOST: server.host,
        PGPORT: String(server.port),
        POSTGRES_USER: 'operator',
        POSTGRES_DB: 'taskmaster',
        SERVICE_LOGIN: 'service',
        SERVICE_PASSWORD: 'a password',
      },
      stdio: 'pipe',
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(base, { recursive: true, force: true });
  });

  interface Started {
    readonly url: string;
    readonly output: () => string;
    stop(): Promise<void>;
  }

  async function start(): Promise<Started | string> {
    const [apiPort, metricsPort] = [await freePort(), await freePort()];
    const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
      env: { ...environment('service'), API_PORT: String(apiPort), METRICS_PORT: String(metricsPort) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exited = once(child, 'close');
    await Promise.race([eventually(() => output.includes('TaskMaster is ready')), exited]);
    if (child.exitCode !== null) return output;
    return {
      url: `http://127.0.0.1:${apiPort}/api/v1`,
      output: () => output,
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }

  it('says in one sentence that the migrations have not run', async () => {
    expect(await start()).toMatch(/^The schema is not current \(.*\) and this login may not change it: .*\n$/);
  });

  it('serves with the login of the service, and tells no secret to the log', async () => {
    expect(migrate()).toMatch(/^Ran:/);
    const started = await start();
    if (typeof started === 'string') throw new Error(started);
    try {
      const { apiKey } = JSON.parse(await readFile(join(base, 'data/first-run.json'), 'utf8')) as FirstRun;
      expect(started.output()).not.toContain(apiKey);
      const created = await fetch(`${started.url}/tasks`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'Created with the login of the service' }),
      });
      expect(created.status).toBe(201);
      expect((await fetch(`${started.url}/health/ready`)).status).toBe(200);
    } finally {
      await started.stop();
    }
  });

  it('finds the migrations done the second time', () => {
    expect(migrate()).toBe('The schema is current.\n');
  });
});
