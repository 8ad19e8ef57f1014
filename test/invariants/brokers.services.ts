import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../start/program.js';
import type { TestUser } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { KafkaBroker } from '../support/peers/kafka-broker.js';
import type { Received } from '../support/peers/kafka-reader.js';
import { readTopics } from '../support/peers/kafka-reader.js';
import { RedisServer } from '../support/peers/redis-server.js';
import { InstanceSet } from './instance-set.js';
import { gaps } from './instances-suite.js';

const TOPICS = ['task-events', 'task-updates', 'reminders'];
const WRITERS = 4;
const PACE_MS = 50;
const RUN_MS = 300_000;

interface Published {
  readonly id: string;
  readonly position: number;
  readonly type: string;
  readonly taskId: string | null;
}

/**
 * Events of the table that the topics lack or have in the wrong order. An event may arrive more than once; its first
 * arrival counts.
 */
export function contradictions(published: readonly Published[], received: readonly Received[]): string[] {
  const positions = new Map(published.map(({ id, position }) => [id, position]));
  const found: string[] = [];
  for (const topic of TOPICS) {
    const seen = new Set<string>();
    const last = new Map<string, number>();
    for (const { key, event } of received.filter((one) => one.topic === topic)) {
      const position = positions.get(event.id);
      if (position === undefined) found.push(`phantom on ${topic}: ${event.type} ${event.id}`);
      else if (!seen.has(event.id)) {
        if (position < (last.get(key) ?? 0)) found.push(`order on ${topic}: ${event.type} ${position}`);
        last.set(key, position);
      }
      seen.add(event.id);
    }
    for (const { id, type, position } of published) {
      const due = type === 'task.due_soon';
      const wanted = topic === 'task-updates' || (topic === 'reminders' ? due : type.startsWith('task.') && !due);
      if (wanted !== seen.has(id)) found.push(`${wanted ? 'missed' : 'misplaced'} on ${topic}: ${type} ${position}`);
    }
  }
  return found;
}

let redis: RedisServer;
let kafka: KafkaBroker;
let set: InstanceSet;
let users: TestUser[];
let env: Record<string, string>;

beforeAll(async () => {
  [redis, kafka] = await Promise.all([RedisServer.start(), KafkaBroker.start()]);
  env = { REDIS_URL: redis.url, KAFKA_BROKERS: kafka.address, KAFKA_TOPIC_PARTITIONS: '4' };
  set = await InstanceSet.start(3, env);
  users = await Promise.all(Array.from({ length: WRITERS }, () => set.user()));
}, RUN_MS);

afterAll(async () => {
  await set.close();
  await Promise.all([redis.close(), kafka.close()]);
});

const published = (): Promise<Published[]> =>
  set.sql<Published & Record<string, unknown>>(
    `select event_id as id, position::float8 as position, type, task_id as "taskId" from public.events order by position`,
  );

async function publishers(): Promise<number> {
  const [row] = await set.sql<{ n: number }>(
    'select count(*)::int as n from public.broker_positions where leased_until > now()',
  );
  return row?.n ?? 0;
}

/** Returns when Kafka has acknowledged everything that is published. */
async function delivered(): Promise<void> {
  await set.settled();
  await eventually(async () => {
    const [row] = await set.sql<{ behind: number }>(
      `select (r.position - b.position)::float8 as behind from public.event_relay r, public.broker_positions b`,
    );
    return row?.behind === 0;
  });
}

/** Each writer creates and changes tasks through all instances in turn, until it is stopped. */
class Load {
  written = 0;
  readonly failures = new Map<string, number>();
  #stopped = false;
  readonly #running: Promise<unknown>;

  constructor(users: readonly TestUser[]) {
    this.#running = Promise.all(users.map((user) => this.#write(user)));
  }

  /** Returns when this many more writes are acknowledged. */
  progress(writes: number): Promise<unknown> {
    const goal = this.written + writes;
    return eventually(() => this.written >= goal);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #write(user: TestUser): Promise<void> {
    for (let turn = 0; this.#goesOn(); turn += 1) {
      // The processors are shared with a restarting broker.
      await delay(PACE_MS);
      const id = await this.#send((client) => client.post<{ id: string }>('/tasks', { title: 'a task' }), user, turn);
      for (const title of ['another', 'a third', 'a last']) {
        if (id !== null)
          await this.#send((client) => client.patch<{ id: string }>(`/tasks/${id}`, { title }), user, turn);
      }
    }
  }

  async #send(
    send: (client: Client) => Promise<Reply<{ id: string }>>,
    user: TestUser,
    turn: number,
  ): Promise<string | null> {
    const { url } = set.instances[turn % set.instances.length]!;
    try {
      const reply = await send(new Client(url, user));
      if (reply.status < 300) {
        this.written += 1;
        return reply.body.data.id;
      }
      this.#failed(`${reply.status} ${reply.body.code}`);
    } catch {
      this.#failed('no answer');
    }
    return null;
  }

  #goesOn(): boolean {
    return !this.#stopped;
  }

  #failed(why: string): void {
    this.failures.set(why, (this.failures.get(why) ?? 0) + 1);
  }
}

/*
 * Seen to fail: with the position moved before the broker acknowledged, events were missed when it was killed. The last
 * tests plant the other contradictions that the judge must find.
 */
describe('Kafka', () => {
  let load: Load | null = null;
  // A failed test must not write into the next one.
  afterEach(() => load?.stop());

  it(
    'receives every published event as a CloudEvent, keyed by the creator of the task',
    async () => {
      const [ada, bob] = users as [TestUser, TestUser];
      const client = new Client(set.instances[0]!.url, ada);
      const task = await client.post<{ id: string }>('/tasks', { title: 'x', dueDate: '2031-01-01T00:00:00Z' });
      await client.post(`/tasks/${task.body.data.id}/complete`);
      await client.post(`/tasks/${task.body.data.id}/comments`, { content: 'done' });
      await new Client(set.instances[1]!.url, bob).post('/tasks', { title: 'y' });
      await delivered();

      const received = await readTopics(kafka.address, TOPICS);
      expect(contradictions(await published(), received)).toEqual([]);
      const mine = received.filter(({ event }) => event.subject === `tasks/${task.body.data.id}`);
      expect(new Set(mine.map(({ key }) => key))).toEqual(new Set([ada.id]));
      expect(mine.filter(({ topic }) => topic === 'task-events').map(({ event }) => event.type)).toEqual([
        'task.created',
        'task.status_changed',
        'task.completed',
      ]);
      expect(mine[0]).toMatchObject({
        contentType: 'application/cloudevents+json; charset=UTF-8',
        event: { specversion: '1.0', partitionkey: ada.id, data: { title: 'x' } },
      });
    },
    RUN_MS,
  );

  it(
    'receives an oversized event without its data, and all later events',
    async () => {
      const client = new Client(set.instances[0]!.url, users[0]);
      const task = await client.post<{ id: string }>('/tasks', { title: 'large', details: 'é'.repeat(470_000) });
      expect(task.status).toBe(201);
      await client.post('/tasks', { title: 'after it' });
      await delivered();
      const received = await readTopics(kafka.address, TOPICS);
      expect(contradictions(await published(), received)).toEqual([]);
      const large = received.find(({ event }) => event.subject === `tasks/${task.body.data.id}`);
      expect(large?.event).toMatchObject({ type: 'task.created', dataref: `/api/v1/tasks/${task.body.data.id}` });
      expect(large?.event.data).toBeUndefined();
    },
    RUN_MS,
  );

  it(
    'misses nothing and keeps the order when it, Redis and the publishing instance are killed under load',
    async () => {
      load = new Load(users);
      await load.progress(50);
      await kafka.process.stop();
      await redis.process.stop();
      await load.progress(100);
      await Promise.all([kafka.process.start(), redis.process.start()]);
      await load.progress(50);
      await eventually(async () => (await publishers()) === 1);
      // Two of three are killed, so the publishing one is probably among them; one replaces them.
      await set.kill(set.instances[0]!);
      await kafka.process.stop();
      await load.progress(50);
      await set.kill(set.instances[0]!);
      await set.add(env);
      await kafka.process.start();
      await load.progress(100);
      await load.stop();
      await delivered();

      const received = await readTopics(kafka.address, TOPICS);
      const all = await published();
      expect(contradictions(all, received)).toEqual([]);
      expect([...load.failures.keys()].filter((why) => why !== 'no answer')).toEqual([]);
      for (const { events } of set.instances) expect(gaps(events.map(({ position }) => position))).toEqual([]);
      const wanted = all.length + all.filter(({ type }) => type.startsWith('task.')).length;
      process.stdout.write(
        `Kafka: ${all.length} events, missed 0, order violations 0, repeated ${received.length - wanted}\n`,
      );
    },
    RUN_MS,
  );
});

describe('without a reachable broker', () => {
  it(
    'the service is ready, writes continue, and metrics show it',
    async () => {
      const admin = await set.user('admin');
      const { url } = set.instances[0]!;
      const client = new Client(url, admin);
      const health = async (): Promise<unknown> =>
        (await client.get<{ brokers: unknown }>('/health/detailed')).body.data;
      await eventually(async () => JSON.stringify(await health()).includes('"status":"ok"'));

      await Promise.all([kafka.process.stop(), redis.process.stop()]);
      expect((await client.post('/tasks', { title: 'while they are away' })).status).toBe(201);
      await eventually(async () => !/"reachable":true.*memory/.test(JSON.stringify(brokersOf(await health()))));
      await eventually(async () =>
        /taskmaster_broker_lag_events\{broker="kafka:[^"]+"\} [1-9]/.test((await client.get('/metrics')).text),
      );
      expect(await health()).toMatchObject({ status: 'degraded' });
      expect((await client.get('/health/ready')).status).toBe(200);

      await Promise.all([kafka.process.start(), redis.process.start()]);
      await eventually(async () => JSON.stringify(await health()).includes('"status":"ok"'));
      await delivered();
      expect(contradictions(await published(), await readTopics(kafka.address, TOPICS))).toEqual([]);
    },
    RUN_MS,
  );
});

const brokersOf = (health: unknown): unknown => (health as { brokers: unknown }).brokers;

describe('the judge of the topics', () => {
  const events: Published[] = [1, 2].map((position) => ({
    id: `e${position}`,
    position,
    type: 'comment.created',
    taskId: null,
  }));
  const message = (id: string): Received => ({
    topic: 'task-updates',
    partition: 0,
    key: 'u',
    contentType: undefined,
    event: { id, type: 'comment.created', subject: '', specversion: '1.0', partitionkey: 'u' },
  });

  it.each([
    ['nothing of what is complete', ['e1', 'e2'], []],
    ['nothing of what is repeated', ['e1', 'e2', 'e1'], []],
    ['what is missing', ['e1'], ['missed on task-updates: comment.created 2']],
    ['a wrong order', ['e2', 'e1'], ['order on task-updates: comment.created 1']],
    ['what was never published', ['e1', 'e2', 'e3'], ['phantom on task-updates: comment.created e3']],
  ])('names %s', (_, ids, wanted) => {
    expect(contradictions(events, ids.map(message))).toEqual(wanted);
  });
});
