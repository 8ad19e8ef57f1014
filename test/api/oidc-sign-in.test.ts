import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import type { OpenidProvider } from '../support/openid-provider.js';
import { CLIENT, startOpenidProvider } from '../support/openid-provider.js';

const PUBLIC_URL = 'https://taskmaster.example.test';
const CALLBACK = `${PUBLIC_URL}/sign-in/callback`;

let provider: OpenidProvider;
let app: TestApp;

interface Step {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly cookies: readonly string[];
}

async function get(path: string, cookie = ''): Promise<Step> {
  const response = await fetch(`${app.url}${path}`, { redirect: 'manual', headers: { cookie } });
  const cookies = response.headers.getSetCookie().map((one) => one.split(';', 1)[0] ?? '');
  return { status: response.status, location: response.headers.get('location'), text: await response.text(), cookies };
}

/** The path of the callback with its query, and the cookie of the attempt. */
async function comeBack(login: string, next = '/docs'): Promise<{ path: string; cookie: string }> {
  const begun = await get(`/sign-in/oidc?next=${encodeURIComponent(next)}`);
  expect(begun.status).toBe(303);
  const back = await provider.signIn(begun.location ?? '', login);
  expect(back.startsWith(CALLBACK)).toBe(true);
  return { path: back.slice(PUBLIC_URL.length), cookie: begun.cookies[0] ?? '' };
}

const sessionIn = ({ cookies }: Step): string => cookies.find((one) => one.startsWith('__Host-taskmaster=')) ?? '';

async function signIn(login: string, next?: string): Promise<Step> {
  const { path, cookie } = await comeBack(login, next);
  return get(path, cookie);
}

beforeAll(async () => {
  // The provider says that its keys and its storage are for development, which is right here.
  for (const method of ['info', 'warn'] as const) jest.spyOn(console, method).mockImplementation(() => undefined);
  provider = await startOpenidProvider(CALLBACK);
  app = await startTestApp({
    PUBLIC_URL,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    OIDC_NAME: 'Example SSO',
  });
  await app.user('developer', 'ada');
  provider.people.set('1', { email: 'ada@example.test', email_verified: true, name: 'Ada' });
});

afterAll(async () => {
  await app.close();
  await provider.close();
});

/* Seen to fail: with an address that the provider has not verified. */
describe('signing in with an OpenID provider', () => {
  it('links the user of the verified address, and recognises the subject from then on', async () => {
    expect((await get('/sign-in?next=/docs')).text).toContain(
      'href="/sign-in/oidc?next=%2Fdocs">Sign in with Example SSO',
    );
    const first = await signIn('1');
    expect([first.status, first.location]).toEqual([303, '/docs']);
    const client = new Client(app.url).with({ cookie: sessionIn(first) });
    expect((await client.get<{ username: string }>('/auth/me')).body.data.username).toBe('ada');
    provider.people.set('1', { email: 'renamed@example.test', email_verified: true });
    const again = new Client(app.url).with({ cookie: sessionIn(await signIn('1')) });
    expect((await again.get<{ username: string }>('/auth/me')).body.data.username).toBe('ada');
  });

  it('refuses a person whom nobody knows, or whose address is not verified', async () => {
    await app.user('developer', 'bob');
    provider.people.set('2', { email: 'stranger@example.test', email_verified: true });
    provider.people.set('3', { email: 'bob@example.test', email_verified: false });
    provider.people.set('4', { email: 'bob@example.test' });
    for (const login of ['2', '3', '4', '5']) {
      const refused = await signIn(login);
      expect([refused.status, sessionIn(refused)]).toEqual([401, '']);
      expect(refused.text).toContain('No user has this identity');
    }
  });

  it('refuses another subject with the address of a user', async () => {
    await app.user('developer', 'carol');
    provider.people.set('6', { email: 'carol@example.test', email_verified: true });
    provider.people.set('7', { email: 'carol@example.test', email_verified: true });
    expect((await signIn('6')).status).toBe(303);
    const other = await signIn('7');
    expect([other.status, other.text]).toEqual([401, expect.stringContaining('knows the user of this address as')]);
  });

  it('refuses a disabled user, at the next request too', async () => {
    const dave = await app.user('developer', 'dave');
    provider.people.set('8', { email: 'dave@example.test', email_verified: true });
    const session = sessionIn(await signIn('8'));
    await app.sql('update users set is_active = false where id = $1', [dave.id]);
    expect((await new Client(app.url).with({ cookie: session }).get('/auth/me')).status).toBe(401);
    expect((await signIn('8')).status).toBe(401);
  });

  it('leads nowhere else', async () => {
    expect((await signIn('1', 'https://evil.example/')).location).toBe('/');
  });

  it('accepts an answer only in the browser that began, unchanged, and once', async () => {
    const { path, cookie } = await comeBack('1');
    const other = await get('/sign-in/oidc');
    const url = new URL(path, PUBLIC_URL);
    const changed = (name: string, value: string | null): string => {
      const copy = new URL(url);
      if (value === null) copy.searchParams.delete(name);
      else copy.searchParams.set(name, value);
      return `${copy.pathname}${copy.search}`;
    };
    const refused = [
      await get(path),
      await get(path, other.cookies[0]),
      await get(path, `${cookie}x`),
      await get(path, cookie.replace(/=.*/, '=AAAA')),
      await get(changed('state', 'forged'), cookie),
      await get(changed('state', null), cookie),
      await get(changed('code', 'forged'), cookie),
      await get(changed('code', null), cookie),
      await get(changed('iss', 'https://evil.example'), cookie),
      await get('/sign-in/callback?error=access_denied&state=x', cookie),
    ];
    expect(refused.map((step) => [step.status, sessionIn(step)])).toEqual(refused.map(() => [401, '']));
  });

  it('does not accept an answer twice', async () => {
    const { path, cookie } = await comeBack('1');
    expect((await get(path, cookie)).status).toBe(303);
    expect((await get(path, cookie)).status).toBe(401);
  });
});

describe('a provider that creates users', () => {
  it('makes the account of a person with a verified address', async () => {
    const creating = await startTestApp({
      PUBLIC_URL,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_CREATE_USERS: 'true',
    });
    const before = app;
    app = creating;
    try {
      provider.people.set('20', { email: 'new@example.test', email_verified: true, name: 'New' });
      const session = sessionIn(await signIn('20'));
      const me = await new Client(creating.url).with({ cookie: session }).get('/auth/me');
      expect(me.body.data).toMatchObject({
        email: 'new@example.test',
        name: 'New',
        emailVerified: true,
        role: 'developer',
      });
    } finally {
      app = before;
      await creating.close();
    }
  });
});

describe('a provider that is away', () => {
  it('is told on the page, and hinders no other sign-in', async () => {
    const away = await startTestApp({
      PUBLIC_URL,
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
    });
    try {
      const response = await fetch(`${away.url}/sign-in/oidc`);
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('role="alert"')]);
      expect((await fetch(`${away.url}/sign-in`)).status).toBe(200);
    } finally {
      await away.close();
    }
  });

  it('has no pages where none is configured', async () => {
    const without = await startTestApp();
    expect((await fetch(`${without.url}/sign-in/oidc`)).status).toBe(404);
    await without.close();
  });
});
