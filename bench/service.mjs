import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_FLAGS } from '../bin/launch.mjs';
import { check } from './harness/check.mjs';
import { urlOf } from './world.mjs';

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Runs a program that serves HTTP, until `stop`; ready once `isReady(url)` holds. */
export async function startServer({ args, env, cwd, logFile, isReady, program = process.execPath, patience = 30_000 }) {
  const port = await freePort();
  const log = openSync(logFile, 'a');
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TASKMASTER_ENV_FILE: '/dev/null', ...env(port) },
    stdio: ['ignore', log, log],
  });
  let ended = false;
  const exited = new Promise((done) => child.once('exit', done).once('error', done)).then(() => (ended = true));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (await isReady(url).catch(() => false)) break;
    check(!ended, `${args.join(' ')} ended while starting; see ${logFile}`);
    check(performance.now() - started < patience, `${args.join(' ')} is not ready; see ${logFile}`);
    await delay(10);
  }
  const readyAfter = performance.now() - started;
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, pid: child.pid, readyAfter, stop };
}

/** The settings that give every budget of requests this limit a minute; 0 is none. */
export function limitsOf(limit) {
  const names = ['PER_ADDRESS', 'PER_USER', 'PER_CREDENTIAL', 'PER_INGEST_KEY', 'SIGN_IN_PER_ADDRESS'];
  return Object.fromEntries(names.map((name) => [`RATE_LIMIT_${name}`, String(limit)]));
}

/** The built service on a database of the world, with its log in a file and its metrics on. */
export function startService(world, database, { key, settings = {}, nodeArgs = [] }) {
  return startServer({
    args: [...SERVICE_FLAGS, ...nodeArgs, join(world.options.dist, 'main.js')],
    cwd: join(world.options.dist, '..'),
    logFile: join(world.logs, 'service.log'),
    env: (port) => ({
      DATABASE_URL: urlOf(database.login),
      MIGRATION_DATABASE_URL: urlOf(database.superuserLogin),
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      METRICS_PORT: '0',
      PROMETHEUS_ENABLED: 'true',
      JWT_SECRET: 'a-secret-of-the-benchmark-alone-0123456789',
      NODE_ENV: 'production',
      // One client sends everything.
      ...limitsOf(600_000),
      ...settings,
    }),
    isReady: async (url) => {
      const answer = await fetch(`${url}/api/v1/tasks?limit=1&total=false`, { headers: { 'x-api-key': key } });
      await answer.text();
      return answer.ok;
    },
  });
}
