import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/platform/config/config.js';
import { RefreshTokens } from '../../src/platform/credentials/refresh-tokens.js';
import type { TestUser } from '../support/app.js';
import { Client } from '../support/client.js';
import { InstanceSet } from './instance-set.js';

const BUDGET = 600;
const WRITES = 20;
const READY_TASKS = 40;
/** Each is read twice at each instance; ten of them must fit into the budget. */
const CHANGES = 20;
const RUN_MS = 240_000;

interface Task {
  readonly id: string;
  readonly version: number;
}

/** Events of one instance with a missing position, repeated, or out of order. */
export function gaps(positions: readonly number[]): string[] {
  return positions.flatMap((position, index) => {
    const before = positions[index - 1];
    return before === undefined || position === before + 1 ? [] : [`${position} after ${before}`];
  });
}

/** What must hold for several processes on one database as for one; `races` are those of one refresh token. */
export function instancesHold(count: number, races: number): void {
  let set: InstanceSet;

  beforeAll(async () => {
    set = await InstanceSet.start(count, { RATE_LIMIT_PER_CREDENTIAL: String(BUDGET) });
  }, RUN_MS);

  afterAll(() => set.close());

  describe(`${count} instances`, () => {
    it('share the budget of a credential', () => sharedBudget(set), RUN_MS);
    it('deliver every event once, in one order', () => liveFanOut(set), RUN_MS);
    it('give a task to one agent alone', () => claims(set), RUN_MS);
    it('never return state older than an event they have delivered', () => staleReads(set), RUN_MS);
    it('execute a request once that is sent to two of them', () => sameRequest(set), RUN_MS);
    it('exchange a refresh token once that is sent to all of them', () => exchangedOnce(set, races), RUN_MS);
    it('lose no event when one of them is killed', () => killedAtWork(set), RUN_MS);
  });
}

async function sharedBudget(set: InstanceSet): Promise<void> {
  const clients = set.clients(await set.user());
  const passed = new Map<number, number>();
  const refusing = new Set<Client>();
  // Until every instance refuses, so that no instance holds an unused share.
  const spend = async (client: Client): Promise<void> => {
    while (!refusing.has(client)) {
      const reply = await client.get('/tasks?limit=1&total=false');
      const minute = Math.round(Number(reply.headers.get('x-ratelimit-reset')) / 60);
      if (reply.status === 429) refusing.add(client);
      else passed.set(minute, (passed.get(minute) ?? 0) + 1);
    }
  };
  await Promise.all(clients.map(spend));
  expect([...passed.values()].filter((requests) => requests > BUDGET)).toEqual([]);
  expect([...passed.values()].at(-1)).toBeGreaterThanOrEqual(passed.size === 1 ? BUDGET : 1);
}

async function write(clients: readonly Client[], times: number): Promise<string[]> {
  const made = await Promise.all(
    clients.map(async (client, index) => {
      const ids: string[] = [];
      for (let n = 0; n < times; n += 1) {
        const reply = await client.post<Task>('/tasks', { title: `instance ${index}, task ${n}` });
        if (reply.status === 201) ids.push(reply.body.data.id);
      }
      return ids;
    }),
  );
  return made.flat();
}

async function liveFanOut(set: InstanceSet): Promise<void> {
  const made = await write(set.clients(await set.user()), WRITES);
  await set.settled();
  expect(made).toHaveLength(set.instances.length * WRITES);
  for (const { events } of set.instances) expectAll(events, made);
}

function expectAll(
  events: readonly { readonly position: number; readonly type: string; readonly recordId: string }[],
  made: readonly string[],
): void {
  expect(gaps(events.map(({ position }) => position))).toEqual([]);
  const published = events.filter(({ type }) => type === 'task.created').map(({ recordId }) => recordId);
  const wanted = new Set(made);
  expect(published.filter((id) => wanted.has(id)).sort()).toEqual([...made].sort());
}

async function claims(set: InstanceSet): Promise<void> {
  const user = await set.user();
  const clients = set.clients(user);
  await write(clients.slice(0, 1), READY_TASKS);
  const claimed: string[] = [];
  const agent = async (client: Client): Promise<void> => {
    for (;;) {
      const reply = await client.post<{ task: Task }>('/tasks/claim', {});
      if (reply.status === 204) return;
      expect(reply.status).toBe(200);
      claimed.push(reply.body.data.task.id);
    }
  };
  // Two agents at each instance.
  await Promise.all([...clients, ...clients].map(agent));
  expect(claimed).toHaveLength(READY_TASKS);
  expect(new Set(claimed).size).toBe(READY_TASKS);
}

async function staleReads(set: InstanceSet): Promise<void> {
  const user = await set.user();
  const clients = set.clients(user);
  const [id = ''] = await write(clients.slice(0, 1), 1);
  const stale: string[] = [];
  const reads: Promise<void>[] = [];
  set.instances.forEach((instance, index) => {
    const look = async (version: number): Promise<void> => {
      const reply = await clients[index]!.get<Task>(`/tasks/${id}`);
      const list = await clients[index]!.get<Task[]>(`/tasks?limit=1&total=false`);
      for (const task of [reply.body.data, list.body.data[0]!]) {
        if (task.version < version) stale.push(`instance ${index} answered ${task.version} after ${version}`);
      }
    };
    instance.onEvent = ({ recordId, version }) => {
      if (recordId !== id || version === null) return;
      const looked = look(version);
      looked.catch(() => undefined);
      reads.push(looked);
    };
  });
  for (let n = 0; n < CHANGES; n += 1) {
    const writer = clients[n % clients.length]!;
    expect((await writer.patch(`/tasks/${id}`, { title: `change ${n}` })).status).toBe(200);
  }
  await set.settled();
  await Promise.all(reads);
  for (const instance of set.instances) instance.onEvent = () => undefined;
  expect(reads.length).toBeGreaterThanOrEqual(CHANGES * set.instances.length);
  expect(stale).toEqual([]);
}

async function sameRequest(set: InstanceSet): Promise<void> {
  const user = await set.user();
  for (let n = 0; n < 10; n += 1) {
    const once = set.clients(user).map((client) => client.with({ 'idempotency-key': `same ${n}`.replace(' ', '-') }));
    const replies = await Promise.all(once.map((client) => client.post<Task>('/tasks', { title: 'once' })));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
  }
  const [found] = await set.sql<{ n: number }>(
    `select count(*)::int as n from public.tasks where created_by = $1 and title = 'once'`,
    [user.id],
  );
  expect(found).toEqual({ n: 10 });
}

/** A new session, with its first token. */
async function session(set: InstanceSet, userId: string): Promise<string> {
  const { token, digest } = new RefreshTokens(loadConfig({})).create();
  await set.sql(`select app.start_session($1, $2, interval '7 days', null, null, null)`, [userId, digest]);
  return token;
}

async function exchangedOnce(set: InstanceSet, races: number): Promise<void> {
  const { id } = await set.user();
  const clients = set.instances.map(({ url }) => new Client(url));
  let refreshToken = await session(set, id);
  for (let race = 0; race < races; race += 1) {
    const body = { refreshToken };
    const replies = await Promise.all(
      [...clients, ...clients].map((client) => client.post<{ refreshToken: string }>('/auth/refresh', body)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 401]));
    const [winner, ...others] = replies.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    const [alive] = await set.sql('select from public.sessions where user_id = $1 and revoked_at is null', [id]);
    // A request that an instance received only after the exchange has rightly ended the session.
    refreshToken = alive ? winner!.body.data.refreshToken : await session(set, id);
  }
}

async function killedAtWork(set: InstanceSet): Promise<void> {
  const user: TestUser = await set.user();
  const victim = set.instances[0]!;
  const survivors = set.clients(user).slice(1);
  const doomed = new Client(victim.url, user);
  const heard = new Promise<void>((resolve) => {
    victim.onEvent = () => resolve();
  });
  const lost = write([doomed], 10_000).catch(() => []);
  const writing = write(survivors, WRITES);
  await heard;
  await set.kill(victim);
  await lost;
  const made = await writing;
  await set.settled();
  const acknowledged = await set.sql<{ id: string }>('select id from public.tasks where created_by = $1', [user.id]);
  expect(made).toHaveLength(survivors.length * WRITES);
  for (const { events } of set.instances) {
    expectAll(
      events,
      acknowledged.map(({ id }) => id),
    );
  }
}
