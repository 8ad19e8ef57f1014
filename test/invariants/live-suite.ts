import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestUser } from '../support/app.js';
import { addUser } from '../support/app.js';
import { Client } from '../support/client.js';
import { RedisServer } from '../support/peers/redis-server.js';
import { eventually } from '../start/program.js';
import type { Heard } from './live-follower.js';
import { judge, LiveFollower } from './live-follower.js';
import { ServiceProcess } from './service-process.js';
import { randomFrom } from './writers.js';

const RUN_MS = 240_000;
const WRITERS = 4;
const BETWEEN_STRIKES = 40;
const SETTINGS = {
  JWT_SECRET: 'a secret that both instances have, for cursors',
  RATE_LIMIT_PER_CREDENTIAL: '1000000',
  RATE_LIMIT_PER_ADDRESS: '1000000',
  WS_BUFFER_MAX: '16384',
};

type Sql = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

/** One instance with its embedded PostgreSQL; with Redis, a second instance on the same database. */
class Installation {
  private constructor(
    private readonly folder: string,
    readonly services: readonly [ServiceProcess, ...ServiceProcess[]],
    private readonly redis: RedisServer | null,
  ) {}

  static async start(withRedis: boolean): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-live-'));
    const redis = withRedis ? await RedisServer.start() : null;
    const settings = { ...SETTINGS, ...(redis ? { REDIS_URL: redis.url } : {}) };
    const first = await ServiceProcess.on(join(folder, 'data'), settings);
    await first.start();
    if (!redis) return new Installation(folder, [first], null);
    const database = { DATABASE_URL: await first.serviceUrl(), MIGRATION_DATABASE_URL: await first.databaseUrl() };
    const second = await ServiceProcess.on(join(folder, 'second'), { ...settings, ...database });
    await second.start();
    return new Installation(folder, [first, second], redis);
  }

  get urls(): string[] {
    return this.services.map(({ url }) => url);
  }

  async clear(): Promise<void> {
    for (const service of this.services) await service.clear();
    await this.redis?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async ready(): Promise<void> {
    await Promise.all(this.services.map((service) => service.ready()));
  }

  async asOwner<T>(use: (sql: Sql) => Promise<T>): Promise<T> {
    const owner = new pg.Client({ connectionString: await this.services[0].databaseUrl() });
    owner.on('error', () => undefined);
    await owner.connect();
    try {
      return await use(
        async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
          (await owner.query<Row>(text, values)).rows,
      );
    } finally {
      await owner.end();
    }
  }

  /** The faults, in the order in which they occur. */
  strikes(): (() => Promise<void>)[] {
    const [first] = this.services;
    const last = this.services.at(-1)!;
    const { redis } = this;
    return [
      () => this.#endSessions(),
      ...(redis ? [() => redis.process.stop(), () => redis.process.start()] : []),
      async () => {
        await first.stop();
        await first.start();
        await this.ready();
      },
      async () => {
        const before = first.postgresPid;
        await first.killPostgres();
        await first.postgresIsBack(before);
        await this.ready();
      },
      async () => {
        await last.kill();
        await last.start();
      },
    ];
  }

  async #endSessions(): Promise<void> {
    await this.asOwner((sql) =>
      sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'taskmaster' and pid <> pg_backend_pid()`,
      ),
    );
  }

  /** The number of committed changes that are not published yet. */
  async unpublished(): Promise<number> {
    return this.asOwner(async (sql) => {
      const [lag] = await sql<{ rows: string }>(
        `select l.rows from set_config('app.system_reason', 'test', false), app.event_lag() l`,
      );
      return Number(lag?.rows);
    });
  }

  /** What was published for a user, in the order of the stream. */
  async publishedFor(user: TestUser): Promise<Heard[]> {
    return this.asOwner((sql) =>
      sql<{ id: string; type: string; task: string | null }>(
        `select event_id as id, type, task_id as task
from public.events
where team_id = $1
  and type like 'task.%'
order by position`,
        [user.teamId],
      ),
    );
  }
}

/** Writes until stopped; every acknowledged write must be published. */
class Load {
  readonly created: string[] = [];
  acknowledged = 0;
  #isOver = false;
  readonly #runs: Promise<void>[];

  constructor(clients: readonly Client[]) {
    this.#runs = clients.map((client) => this.#write(client));
  }

  async goesOn(): Promise<void> {
    const before = this.acknowledged;
    await eventually(() => this.acknowledged > before + BETWEEN_STRIKES);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#runs);
  }

  async #write(client: Client): Promise<void> {
    while (!this.#isOver) {
      try {
        const { status, body } = await client.post<{ id: string }>('/tasks', { title: 'followed' });
        if (status !== 201) throw new Error(String(status));
        this.acknowledged += 1;
        this.created.push(body.data.id);
        for (const priority of [1, 2, 3]) {
          const reply = await client.patch(`/tasks/${body.data.id}`, { priority, description: 'x'.repeat(2_000) });
          if (reply.status === 200) this.acknowledged += 1;
        }
      } catch {
        // The service is unavailable: nothing was acknowledged.
        await delay(50);
      }
      await delay(10);
    }
  }
}

const tasksOnly = (heard: readonly Heard[]): Heard[] => heard.filter(({ type }) => type.startsWith('task.'));

interface Followed {
  readonly user: TestUser;
  readonly follower: LiveFollower;
}

/** Runs everything once and returns the followers, with their published events, and the one that forgets. */
async function run(
  at: Installation,
  seed: number,
): Promise<{ honest: Followed[]; forgetful: Followed; truth: Map<TestUser, Heard[]> }> {
  const [ada, bob] = await at.asOwner(async (sql) => [
    await addUser(sql, 'developer', `ada${seed}`, null),
    await addUser(sql, 'developer', `bob${seed}`, null),
  ]);
  const random = randomFrom(seed);
  const follow = (user: TestUser, habits: object = {}): Followed => ({
    user,
    follower: new LiveFollower(at.urls, user.key, { random, drops: true, dawdles: false, forgets: false, ...habits }),
  });
  const honest = [
    follow(ada),
    follow(ada),
    follow(ada, { drops: false }),
    follow(ada, { drops: false, dawdles: true }),
    follow(bob),
    follow(bob, { drops: false }),
  ];
  const forgetful = follow(ada, { forgets: true });
  const all = [...honest, forgetful].map(({ follower }) => follower);
  await eventually(() => all.every(({ hasJoined }) => hasJoined));

  const { urls } = at;
  const writers = Array.from(
    { length: WRITERS },
    (_, n) => new Client(urls[n % urls.length]!, n % 4 === 3 ? bob : ada),
  );
  const load = new Load(writers);
  for (const strike of at.strikes()) {
    await load.goesOn();
    await strike();
  }
  await load.goesOn();
  await load.stop();
  await at.ready();

  // Everything acknowledged is published, and then every follower has it.
  await eventually(async () => {
    const published = [...(await at.publishedFor(ada)), ...(await at.publishedFor(bob))];
    const tasks = new Set(published.map(({ task }) => task));
    // The changes of a task are published after its creation: a truth that was read between the two would lack some.
    return load.created.every((id) => tasks.has(id)) && (await at.unpublished()) === 0;
  });
  for (const follower of all) follower.calm = true;
  const truth = new Map([
    [ada, await at.publishedFor(ada)],
    [bob, await at.publishedFor(bob)],
  ]);
  await eventually(() =>
    honest.every(({ user, follower }) => {
      const last = truth.get(user)!.at(-1)!;
      return follower.heard.some(({ id }) => id === last.id);
    }),
  );
  await Promise.all(all.map((follower) => follower.stop()));
  return { honest, forgetful, truth };
}

interface Plan {
  readonly seeds: readonly number[];
  /** Two instances and a Redis between them, which is killed too. */
  readonly withRedis: boolean;
}

/** Followers of the live stream miss nothing, receive nothing foreign and keep the order across reconnects. */
export function followersMissNothing({ seeds, withRedis }: Plan): void {
  let at: Installation;

  beforeAll(async () => {
    at = await Installation.start(withRedis);
  }, RUN_MS);

  afterAll(() => at.clear());

  describe('followers of the live stream', () => {
    it.each(seeds)(
      'miss nothing, receive nothing foreign and keep the order (seed %i)',
      async (seed) => {
        const { honest, forgetful, truth } = await run(at, seed);
        const verdicts = honest.map(({ user, follower }) => judge(tasksOnly(follower.heard), truth.get(user)!));
        expect(verdicts.map(({ gaps, foreign, disorder }) => ({ gaps, foreign, disorder }))).toEqual(
          verdicts.map(() => ({ gaps: 0, foreign: 0, disorder: 0 })),
        );
        expect(judge(tasksOnly(forgetful.follower.heard), truth.get(forgetful.user)!).gaps).toBeGreaterThan(0);

        const all = [...honest, forgetful].map(({ follower }) => follower);
        const codes = new Map<number, number>();
        for (const { codes: own } of all) for (const [code, n] of own) codes.set(code, (codes.get(code) ?? 0) + n);
        expect([...codes.keys()]).toEqual(expect.arrayContaining([1006, 1012]));
        const known = /^(DATABASE_UNAVAILABLE|POOL_EXHAUSTED|SHUTTING_DOWN|STATEMENT_TIMEOUT)$/;
        expect(all.flatMap(({ refusals }) => refusals).filter((code) => !known.test(code))).toEqual([]);
        const repeated = verdicts.reduce((sum, verdict) => sum + verdict.repeated, 0);
        const published = [...truth.values()].reduce((sum, events) => sum + events.length, 0);
        process.stdout.write(
          `Live, seed ${seed}: ${published} events to ${honest.length} followers, gaps 0, foreign 0, disorder 0, ` +
            `repeated under their id ${repeated}, connections ended ${[...codes.values()].reduce((a, b) => a + b, 0)}\n`,
        );
      },
      RUN_MS,
    );
  });
}
