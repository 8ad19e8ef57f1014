import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

const CREDENTIAL = 40;
/** What the documents ask for. */
const ADDRESS = 100;
const SIGN_IN = 10;
const USER = 30;

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

/*
 * A minute may end while a test runs, so the bound is twice the budget.
 * Seen to fail: without the exempt routes, without the kind in the subject, and with a limiter that never refuses.
 */
describe('limits of requests', () => {
  beforeAll(async () => {
    app = await startTestApp({ RATE_LIMIT_PER_CREDENTIAL: String(CREDENTIAL) });
    other = await app.user();
  });
  afterAll(() => app.close());

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
    expect(Number(/taskmaster_rate_limited_requests_total\{kind="credential"\} (\d+)/.exec(text)?.[1])).toBeGreaterThan(
      0,
    );
  });
});

describe('the limit of an address', () => {
  beforeAll(async () => {
    app = await startTestApp({
      RATE_LIMIT_PER_ADDRESS: String(ADDRESS),
      RATE_LIMIT_SIGN_IN_PER_ADDRESS: String(SIGN_IN),
      TRUSTED_PROXIES: '127.0.0.1',
    });
  });
  afterAll(() => app.close());

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
    await until429(() => network((n += 1)).get('/none'), 2 * ADDRESS);
    expect((await from('2001:db8:0:1::1').get('/none')).status).toBe(404);
  });

  it('counts signed-in requests too, 100 a minute as the documents ask', async () => {
    const users = [await app.user(), await app.user(), await app.user()];
    const clients = users.map((user) => new Client(app.url, user, { 'x-forwarded-for': '192.0.2.20' }));
    let n = 0;
    const { passed, refused } = await until429(() => clients[(n += 1) % 3]!.get('/auth/me'), 2 * ADDRESS);
    expect(passed).toBeGreaterThanOrEqual(ADDRESS);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"address";q=${ADDRESS};w=60`);
    const elsewhere = new Client(app.url, users[0], { 'x-forwarded-for': '192.0.2.21' });
    expect((await elsewhere.get('/auth/me')).status).toBe(200);
  });

  it.each([
    ['POST /auth/login', '192.0.2.30', {}],
    ['POST /auth/refresh', '192.0.2.31', {}],
    ['POST /auth/logout', '192.0.2.32', {}],
    ['POST /auth/password', '192.0.2.33', {}],
  ])('is stricter for %s', async (route, ip, body) => {
    const client = new Client(app.url, undefined, { 'x-forwarded-for': ip });
    const path = route.split(' ')[1]!;
    const { passed, refused } = await until429(() => client.post(path, body), 2 * SIGN_IN);
    expect(passed).toBeGreaterThanOrEqual(SIGN_IN);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"sign-in";q=${SIGN_IN};w=60`);
    const allowed = await client.get('/health/live');
    expect(allowed.status).toBe(200);
    expect((await client.get('/none')).status).toBe(404);
  });

  it('names every budget that a request counts against, and the one with the least left', async () => {
    const client = new Client(app.url, undefined, { 'x-forwarded-for': '192.0.2.40' });
    const { headers } = await client.post('/auth/login', {});
    expect(headers.get('ratelimit-policy')).toBe(`"address";q=${ADDRESS};w=60, "sign-in";q=${SIGN_IN};w=60`);
    expect(headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+, "sign-in";r=\d;t=\d+$/);
    expect(headers.get('ratelimit-limit')).toBe(String(SIGN_IN));
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(SIGN_IN);
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
});

describe('the limit of a user', () => {
  beforeAll(async () => {
    app = await startTestApp({ RATE_LIMIT_PER_USER: String(USER), RATE_LIMIT_PER_INGEST_KEY: '7' });
  });
  afterAll(() => app.close());

  it('counts all keys and service accounts of the user together', async () => {
    const user = await app.user();
    const client = new Client(app.url, user);
    const keyed = async (more: object): Promise<Client> => {
      const { body } = await client.post<{ key: string }>('/api-keys', { name: 'another', ...more });
      return new Client(app.url, { ...user, key: body.data.key });
    };
    const account = await client.post<{ id: string }>('/service-accounts', { handle: 'bot', name: 'Bot' });
    const clients = [client, await keyed({}), await keyed({ serviceAccountId: account.body.data.id })];
    // Within one minute each request finds one less, whichever key it is sent with.
    const counted = async (): Promise<number[][]> => {
      const left: number[] = [];
      const resets: number[] = [];
      for (const one of clients) {
        const { headers } = await one.get('/auth/me');
        left.push(Number(headers.get('ratelimit-remaining')));
        resets.push(Math.round(Number(headers.get('x-ratelimit-reset')) / 60));
      }
      return new Set(resets).size === 1 ? [left] : counted();
    };
    const [[first = 0, ...others] = []] = await counted();
    expect(others).toEqual([first - 1, first - 2]);
    let n = 0;
    const { passed, refused } = await until429(() => clients[(n += 1) % 3]!.get('/auth/me'), 2 * USER);
    expect(passed).toBeLessThanOrEqual(2 * USER - 4);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"user";q=${USER};w=60`);
    expect((await new Client(app.url, await app.user()).get('/auth/me')).status).toBe(200);
  });

  it('takes a bulk request as one, and lets the whole minute be spent at once', async () => {
    const user = await app.user();
    const client = new Client(app.url, user);
    const operations = Array.from({ length: 50 }, (_, n) => ({ op: 'create', task: { title: `task ${n}` } }));
    const bulk = await client.post('/tasks/bulk', { atomic: true, operations });
    expect([bulk.status, bulk.headers.get('ratelimit-remaining')]).toEqual([200, String(USER - 1)]);
    const replies = await Promise.all(Array.from({ length: USER - 1 }, () => client.get('/auth/me')));
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('does not count ingest keys, which have limits of their own', async () => {
    const user = await app.user();
    const client = new Client(app.url, user);
    await client.post('/projects', { projectKey: 'shop', name: 'shop' });
    const ingest = async (more: object): Promise<Client> => {
      const { body } = await client.post<{ key: string }>('/projects/shop/ingest-keys', { name: 'web', ...more });
      return new Client(app.url, { ...user, key: body.data.key });
    };
    for (const [limit, more] of [
      [7, {}],
      [3, { requestsPerMinute: 3 }],
    ] as const) {
      const reporter = await ingest(more);
      const { passed, refused } = await until429(() => reporter.post('/errors', { errorMessage: 'x' }), 2 * limit);
      expect(passed).toBeGreaterThanOrEqual(limit);
      expect(refused.headers.get('ratelimit-policy')).toBe(`"ingest-key";q=${limit};w=60`);
    }
    expect((await client.get('/auth/me')).status).toBe(200);
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
