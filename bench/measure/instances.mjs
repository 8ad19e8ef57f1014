import { fork, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../harness/check.mjs';
import { result } from '../harness/pairs.mjs';
import { pointRequests } from '../people.mjs';
import { freePort, limitsOf } from '../service.mjs';
import { urlOf } from '../world.mjs';

const INSTANCES = 3;
/** Writes in a second: enough to be a load, and few enough that nothing queues. */
const RATE = 100;
const WRITES = 500;
/** What two documents ask for: the event processed after 2 ms, no cache with the old state after 5. */
const WINDOW_MS = 5;

/** How old an answer of another instance can be, and how fast events reach it, over PostgreSQL and over Redis. */
export async function measureInstances(world) {
  const database = await world.database('small', world.options.size.small);
  const results = [...(await staleness(world, database)), ...(await fanOut(world, database, 'PostgreSQL', {}))];
  const redis = await startRedis();
  if (redis === null) {
    world.note('redis-server is not installed: no events over Redis');
    return results;
  }
  try {
    results.push(...(await fanOut(world, database, 'Redis', { REDIS_URL: redis.url })));
  } finally {
    await redis.stop();
  }
  return results;
}

/** A write at one instance, then reads at another from the moment it is acknowledged until one shows it. */
async function staleness(world, database) {
  const instances = await startAll(world, database, {});
  const windows = [];
  let stale = 0;
  try {
    for (const [turn, request] of targets(world, database).entries()) {
      const [writer, reader] = [instances[turn % INSTANCES], instances[(turn + 1) % INSTANCES]];
      const { version, at } = await change(writer.url, request, turn);
      let until = at;
      for (;;) {
        const asked = now();
        if ((await read(reader.url, request)).version >= version) break;
        stale += 1;
        until = asked;
      }
      windows.push(until - at);
    }
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
  }
  world.note(`${windows.length} reads after writes at another instance, ${stale} of them stale`);
  return percentiles('read at another instance after a write: staleness window', windows, WINDOW_MS);
}

async function fanOut(world, database, over, env) {
  const instances = await startAll(world, database, env);
  try {
    const [writer, ...others] = instances;
    const acknowledged = [];
    const running = [];
    for (const [turn, request] of targets(world, database).entries()) {
      await delay(1_000 / RATE);
      running.push(change(writer.url, request, turn).then((done) => acknowledged.push(done)));
    }
    await Promise.all(running);
    const waits = [];
    for (const other of others) waits.push(...(await waited(other, acknowledged)));
    return percentiles(`commit to event at another instance over ${over}`, waits, WINDOW_MS);
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
  }
}

async function waited(instance, acknowledged) {
  const at = new Map();
  for (let tries = 0; acknowledged.some(({ key }) => !at.has(key)); tries += 1) {
    check(tries < 100, 'an acknowledged change was not handed out by another instance');
    for (const [key, time] of await instance.heard()) at.set(key, time);
    await delay(50);
  }
  return acknowledged.map(({ key, at: done }) => Math.max(at.get(key) - done, 0));
}

function targets(world, database) {
  const seen = new Set();
  const requests = pointRequests(database.size).filter(({ id }) => !seen.has(id) && seen.add(id));
  return requests.slice(0, WRITES);
}

async function change(url, { id, path, headers }, turn) {
  const answer = await fetch(url + path, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ title: `changed ${turn} ${Math.random()}` }),
  });
  const at = now();
  const { data } = await answer.json();
  check(answer.status === 200, `a change was answered with ${answer.status}`);
  return { key: `${id} ${data.version}`, version: data.version, at };
}

async function read(url, { path, headers }) {
  const answer = await fetch(url + path, { headers });
  check(answer.status === 200, `a read was answered with ${answer.status}`);
  return (await answer.json()).data;
}

const now = () => performance.timeOrigin + performance.now();

function percentiles(name, times, limit) {
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)];
  return [result(`${name}, p50 / limit`, 'ms', at(0.5), limit), result(`${name}, p99 / limit`, 'ms', at(0.99), limit)];
}

async function startAll(world, database, env) {
  return Promise.all(Array.from({ length: INSTANCES }, () => startInstance(world, database, env)));
}

async function startInstance(world, database, env) {
  const program = fileURLToPath(new URL('../harness/instance-worker.mjs', import.meta.url));
  const child = fork(program, [world.options.dist], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: urlOf(database.login),
      JWT_SECRET: 'a-secret-of-the-benchmark-alone-0123456789',
      API_HOST: '127.0.0.1',
      API_PORT: '0',
      METRICS_PORT: '0',
      DB_POOL_MAX: '10',
      LOG_LEVEL: 'warn',
      ...limitsOf(600_000),
      ...env,
    },
  });
  const next = () => new Promise((done) => child.once('message', done));
  const { url } = await next();
  return {
    url: url.replace('[::1]', '127.0.0.1'),
    async heard() {
      const answer = next();
      child.send('heard');
      return (await answer).heard;
    },
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.send('stop');
      await gone;
    },
  };
}

async function startRedis() {
  if (spawnSync('redis-server', ['--version']).error) return null;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: 'ignore', cwd: '/' });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill();
      await gone;
    },
  };
}
