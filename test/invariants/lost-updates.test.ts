import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { randomFrom } from './writers.js';
import { thoroughness } from '../support/thoroughness.js';

/**
 * No acknowledged write is lost: writers increment a number stored in the task, so every update depends on what its
 * writer read, and the final value must equal the sum of the acknowledged additions. Seen to fail: the last test runs
 * the same harness without If-Match and finds lost writes; without `and ($1::int is null or t.version = $1)` in
 * updateTask the first two tests failed.
 */
const WRITERS = 32;
const WRITES = thoroughness.counterWrites;

interface Counter {
  readonly version: number;
  readonly metadata: { readonly n: number };
}

interface Outcome {
  readonly acknowledged: number;
  readonly refused: number;
}

let app: TestApp;
let user: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  client = new Client(app.url, user);
});

afterAll(async () => {
  await app.close();
});

async function newCounters(count: number): Promise<string[]> {
  const made = await Promise.all(
    Array.from({ length: count }, () =>
      client.post<{ id: string }>('/tasks', { title: 'counter', metadata: { n: 0 } }),
    ),
  );
  return made.map((reply) => reply.body.data.id);
}

/** Adds 1 to the value it reads, and reads again after a version conflict. */
async function add(id: string, guarded: boolean): Promise<number> {
  for (let refused = 0; ; refused += 1) {
    const { version, metadata } = (await client.get<Counter>(`/tasks/${id}`)).body.data;
    const writer = guarded ? client.with({ 'if-match': `"${version}"` }) : client;
    const reply = await writer.patch<Counter>(`/tasks/${id}`, { metadata: { n: metadata.n + 1 } });
    if (reply.status === 200) return refused;
    if (reply.status !== 412) throw new Error(`unexpected ${reply.status}: ${reply.text}`);
  }
}

interface Plan {
  readonly writes: number;
  readonly guarded: boolean;
  /** The counter that a writer takes next. */
  readonly pick: (writer: number) => string | undefined;
}

async function write({ writes, guarded, pick }: Plan): Promise<Outcome> {
  let acknowledged = 0;
  let refused = 0;
  let next = 0;
  const writer = async (index: number): Promise<void> => {
    while (next < writes) {
      next += 1;
      refused += await add(pick(index) ?? '', guarded);
      acknowledged += 1;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
  return { acknowledged, refused };
}

/** A random one: in sequence, the writers would queue up behind each other. */
function anyOf(ids: readonly string[]): () => string | undefined {
  const random = randomFrom(1);
  return () => ids[Math.floor(random() * ids.length)];
}

async function kept(ids: readonly string[]): Promise<number> {
  const [row] = await app.sql<{ sum: string }>(
    `select sum((metadata ->> 'n')::int) as sum from public.tasks where id = any($1::uuid[])`,
    [ids],
  );
  return Number(row?.sum);
}

describe(`${WRITERS} concurrent writers`, () => {
  it(`keep all of ${WRITES} acknowledged writes on separate tasks`, async () => {
    const ids = await newCounters(WRITERS);
    const { acknowledged, refused } = await write({ writes: WRITES, guarded: true, pick: (writer) => ids[writer] });
    expect(refused).toBe(0);
    expect(acknowledged).toBe(WRITES);
    expect(await kept(ids)).toBe(WRITES);
  }, 180_000);

  it(`keep all of ${WRITES} acknowledged writes on the same tasks`, async () => {
    const ids = await newCounters(64);
    const { acknowledged, refused } = await write({ writes: WRITES, guarded: true, pick: anyOf(ids) });
    expect(refused).toBeGreaterThan(0);
    expect(acknowledged).toBe(WRITES);
    expect(await kept(ids)).toBe(WRITES);
  }, 180_000);

  it('lose writes when the version is not checked, so the harness can detect a loss', async () => {
    const ids = await newCounters(2);
    const { acknowledged } = await write({ writes: 500, guarded: false, pick: anyOf(ids) });
    expect(await kept(ids)).toBeLessThan(acknowledged);
  }, 60_000);
});
