import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { eventually } from '../start/program.js';
import { Client } from '../support/client.js';
import { RedisServer } from '../support/peers/redis-server.js';
import { InstanceSet } from './instance-set.js';
import { gaps } from './instances-suite.js';

const BUDGET = 300;
const CHANNEL = 'taskmaster:events';
const RUN_MS = 180_000;

let server: RedisServer;
let redis: Redis;
let set: InstanceSet;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  set = await InstanceSet.start(2, { REDIS_URL: server.url, RATE_LIMIT_PER_CREDENTIAL: String(BUDGET) });
}, RUN_MS);

afterAll(async () => {
  await set.close();
  redis.disconnect();
  await server.close();
});

/** The number of accepted requests until every instance refuses, by minute. */
async function spend(): Promise<number[]> {
  const passed = new Map<number, number>();
  const clients = set.clients(await set.user());
  await Promise.all(
    clients.map(async (client) => {
      for (;;) {
        const reply = await client.get('/tasks?limit=1&total=false');
        if (reply.status === 429) return;
        const minute = Math.round(Number(reply.headers.get('x-ratelimit-reset')) / 60);
        passed.set(minute, (passed.get(minute) ?? 0) + 1);
      }
    }),
  );
  return [...passed.values()];
}

// Seen to fail: the first test, with the seal not checked and with a tail that accepts a message at any position.
describe('events over Redis', () => {
  it(
    'reach the other instances',
    async () => {
      const listener = new Redis(server.url);
      const carried: Buffer[] = [];
      listener.on('messageBuffer', (_channel, message: Buffer) => carried.push(message));
      await listener.subscribe(CHANNEL);
      const user = await set.user();
      // Events published before an instance is connected to Redis are read from the table by the others.
      await eventually(async () => {
        for (const client of set.clients(user)) await client.post('/tasks', { title: 'over Redis' });
        await set.settled();
        return Buffer.concat(carried).toString().split('task.created').length > 2;
      });
      listener.disconnect();

      // An attacker with write access to Redis repeats, changes and forges messages.
      const before = set.instances.map(({ events }) => events.length);
      const changed = Buffer.from(carried[0]!);
      changed[40] = changed[40]! ^ 1;
      for (const message of [carried[0]!, changed, randomBytes(100), Buffer.alloc(0)]) {
        await redis.publish(CHANNEL, message);
      }
      await new Client(set.instances[0]!.url, user).post('/tasks', { title: 'after it' });
      await set.settled();
      for (const [index, { events }] of set.instances.entries()) {
        expect(gaps(events.map(({ position }) => position))).toEqual([]);
        expect(events.slice(before[index]).map(({ type }) => type)).toEqual(['task.created']);
      }
    },
    RUN_MS,
  );
});

describe('budgets in Redis', () => {
  it(
    'are shared, cost PostgreSQL nothing, and name nobody',
    async () => {
      const passed = await spend();
      expect(passed.filter((requests) => requests > BUDGET)).toEqual([]);
      const keys = await redis.keys('taskmaster:budget:*');
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.filter((key) => !/^taskmaster:budget:\d+:[\w-]{43}$/.test(key))).toEqual([]);
      expect(await set.sql('select 1 from public.request_budgets')).toEqual([]);
    },
    RUN_MS,
  );

  it(
    'are per instance while Redis is unavailable, and shared again afterwards',
    async () => {
      await server.process.stop();
      const alone = await spend();
      expect(alone.filter((requests) => requests > 2 * BUDGET)).toEqual([]);
      expect(Math.max(...alone)).toBeGreaterThan(BUDGET / 2);
      await server.process.start();
      await redis.ping();
      const shared = async (): Promise<boolean> => (await spend()).every((requests) => requests <= BUDGET);
      await eventually(shared);
    },
    RUN_MS,
  );
});
