import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

const CREDENTIAL = 40;
const ADDRESS = 30;

let app: TestApp;
let other: TestUser;

/** A new user, so that each test has a separate credential with a full budget. */
async function someone(): Promise<Client> {
  return new Client(app.url, await app.user());
}

async function until429(send: () => Promise<Reply>, most: number): Promise<{ passed: number; refused: Reply }> {
  for (let passed = 0; passed <= most; passed += 1) {
    const reply = await send();
    if (reply.status === 429) return { passed, refused: reply };
  }
  throw new Error(`${most} requests passed`);
}

beforeAll(async () => {
  app = await startTestApp({
    RATE_LIMIT_PER_CREDENTIAL: String(CREDENTIAL),
    RATE_LIMIT_PER_ADDRESS: String(ADDRESS),
    TRUSTED_PROXIES: '127.0.0.1',
  });
  other = await app.user();
});

afterAll(() => app.close());

/*
 * A minute may end while a test runs, so the bound is twice the budget.
 * Seen to fail: without the exempt routes, without the kind in the subject, and with a limiter that never refuses.
 */
describe('limits of requests', () => {
  it('refuses a credential that has used its budget, with Retry-After', async () => {
    const client = await someone();
    const { passed, refused } = await until429(() => client.get('/tasks'), 2 * CREDENTIAL);
    expect(passed).toBeGreaterThanOrEqual(CREDENTIAL);
    expect(refused.body).toMatchObject({ success: false, code: 'RATE_LIMITED' });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const header = (name: string): number => Number(refused.headers.get(name));
    expect(header('retry-after')).toBeGreaterThanOrEqual(1);
    expect(header('retry-after')).toBeLessThanOrEqual(60);
    expect([header('ratelimit-limit'), header('ratelimit-remaining')]).toEqual([CREDENTIAL, 0]);
    expect([header('x-ratelimit-limit'), header('x-ratelimit-remaining')]).toEqual([CREDENTIAL, 0]);
    expect(header('ratelimit-reset')).toBe(header('retry-after'));
    expect(header('x-ratelimit-reset')).toBeGreaterThan(Date.now() / 1000 - 1);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"credential";q=${CREDENTIAL};w=60`);
    expect(refused.headers.get('ratelimit')).toMatch(/^"credential";r=0;t=\d+$/);
  });

  it('counts down in every response, failures included', async () => {
    const client = await someone();
    const first = await client.get('/tasks');
    const second = await client.get('/tasks/none');
    const left = [first, second].map((reply) => Number(reply.headers.get('ratelimit-remaining')));
    expect(second.status).toBe(400);
    expect([CREDENTIAL - 1, CREDENTIAL - 2]).toContain(left[1]);
    expect(second.headers.get('x-ratelimit-remaining')).toBe(String(left[1]));
  });

  it('does not affect other credentials', async () => {
    const client = await someone();
    await until429(() => client.get('/tasks'), 2 * CREDENTIAL);
    expect((await new Client(app.url, other).get('/tasks')).status).toBe(200);
  });

  it('counts requests without a valid credential by address', async () => {
    const from = (ip: string, key?: string): Client =>
      new Client(app.url, undefined, { 'x-forwarded-for': ip, ...(key === undefined ? {} : { 'x-api-key': key }) });
    const guess = (): string => `tmk_${'x'.repeat(42)}${Math.floor(Math.random() * 10)}`;
    const { passed } = await until429(() => from('192.0.2.1', guess()).get('/tasks'), 2 * ADDRESS);
    expect(passed).toBeGreaterThanOrEqual(ADDRESS);
    expect((await from('192.0.2.2', guess()).get('/tasks')).status).toBe(401);

    // An IPv6 network counts as one address.
    const network = (n: number): Client => from(`2001:db8::${n.toString(16)}`);
    let n = 0;
    await until429(() => network((n += 1)).post('/auth/login', {}), 2 * ADDRESS);
    expect((await from('2001:db8:0:1::1').post('/auth/login', {})).status).toBe(400);
  });

  it('never refuses a probe', async () => {
    const probe = new Client(app.url, undefined, { 'x-forwarded-for': '192.0.2.3' });
    await until429(() => probe.get('/none'), 2 * ADDRESS);
    for (const path of ['/health', '/health/live', '/health/ready']) {
      const reply = await probe.get(path);
      expect({ path, status: reply.status, limit: reply.headers.get('ratelimit-limit') }).toEqual({
        path,
        status: 200,
        limit: null,
      });
    }
  });

  it('stores neither addresses nor credentials in shared budgets', async () => {
    const client = await someone();
    await until429(() => client.get('/tasks'), 2 * CREDENTIAL);
    const rows = await app.sql<{ subject: string }>('select subject from public.request_budgets');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ subject }) => !/^[\w-]{43}$/.test(subject))).toEqual([]);
  });

  it('is visible in the metrics', async () => {
    const admin = new Client(app.url, await app.user('admin'));
    const { text } = await admin.get('/metrics');
    expect(Number(/taskmaster_rate_limited_requests_total\{kind="address"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
  });
});

describe('without limits', () => {
  it('counts nothing and sends no headers', async () => {
    const free = await startTestApp();
    const client = new Client(free.url, await free.user());
    const reply = await client.get('/tasks');
    expect([...reply.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    await free.close();
  });
});
