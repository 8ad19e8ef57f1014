import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { thoroughness } from '../support/thoroughness.js';

/**
 * One Idempotency-Key has one effect and one answer. Seen to fail: without the `insert … on conflict` of the key, or
 * with the answer stored after the commit, the concurrent test made up to 16 tasks.
 */
let app: TestApp;
let ada: TestUser;
let bob: TestUser;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user();
  bob = await app.user();
});

afterAll(async () => {
  await app.close();
});

const as = (user: TestUser, key: string): Client => new Client(app.url, user).with({ 'idempotency-key': key });

async function titled(title: string): Promise<number> {
  const [row] = await app.sql<{ n: number }>('select count(*)::int as n from public.tasks where title = $1', [title]);
  return row?.n ?? -1;
}

describe('Idempotency-Key', () => {
  it('has one effect and 16 identical responses when used 16 times at once', async () => {
    for (let round = 0; round < thoroughness.idempotencyRounds; round += 1) {
      const title = `once ${round}`;
      const replies = await Promise.all(
        Array.from({ length: 16 }, () => as(ada, `key-${round}`).post('/tasks', { title })),
      );
      expect(replies.map((reply) => reply.status)).toEqual(Array<number>(16).fill(201));
      expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
      expect(new Set(replies.map((reply) => reply.headers.get('etag'))).size).toBe(1);
      expect(replies.filter((reply) => reply.headers.get('idempotency-replayed') === 'true')).toHaveLength(15);
      expect(await titled(title)).toBe(1);
    }
  });

  it('is refused with another body or path, and is separate per user', async () => {
    expect((await as(ada, 'k').post('/tasks', { title: 'first' })).status).toBe(201);
    const other = await as(ada, 'k').post('/tasks', { title: 'second' });
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    const elsewhere = await as(ada, 'k').post('/tasks?dryRun=false', { title: 'first' });
    expect(elsewhere.status).toBe(409);
    expect((await as(bob, 'k').post('/tasks', { title: 'first' })).status).toBe(201);
  });

  it('stores nothing of a failed request, so that it can be repeated', async () => {
    const key = as(ada, 'retry');
    expect(
      (await key.post('/tasks', { title: 'sub', parentTaskId: '01890000-0000-7000-8000-000000000000' })).status,
    ).toBe(404);
    expect((await key.post('/tasks', { title: 'sub' })).status).toBe(201);
  });

  it('can be reused after it has expired', async () => {
    expect((await as(ada, 'old').post('/tasks', { title: 'old one' })).status).toBe(201);
    await app.sql(`update public.idempotency_keys set expires_at = now() - interval '1 second' where key = 'old'`);
    const again = await as(ada, 'old').post('/tasks', { title: 'new one' });
    expect([again.status, await titled('new one')]).toEqual([201, 1]);
  });

  it.each(['', ' ', 'ü', 'x'.repeat(256)])('must be 1 to 255 visible ASCII characters: %j', async (key) => {
    const headers = { 'idempotency-key': Buffer.from(key, 'utf8').toString('latin1') };
    const reply = await new Client(app.url, ada).with(headers).post('/tasks', { title: 'x' });
    expect([reply.status, reply.body.errors?.[0]?.path]).toEqual([400, 'header.Idempotency-Key']);
  });

  it('also covers bulk requests', async () => {
    const body = {
      operations: [
        { op: 'create', task: { title: 'bulk once' } },
        { op: 'create', task: { title: '' } },
      ],
    };
    const [first, second] = await Promise.all([
      as(ada, 'bulk').post('/tasks/bulk', body),
      as(ada, 'bulk').post('/tasks/bulk', body),
    ]);
    expect(first.text).toBe(second.text);
    expect(await titled('bulk once')).toBe(1);
  });
});
