import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import type { Mailbox } from '../support/mailbox.js';
import { startMailbox } from '../support/mailbox.js';
import { PASSWORD, userWithPassword } from './password-user.js';

interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** What the browser keeps, as it sends it. */
  readonly cookie: string;
}

let mailbox: Mailbox;
let app: TestApp;
let ada: TestUser;

const address = (): string => `${randomUUID()}@example.test`;

async function visit(
  path: string,
  form?: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Shown> {
  const response = await fetch(`${app.url}${path}`, {
    redirect: 'manual',
    headers,
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  return { status: response.status, text: await response.text(), headers: response.headers, cookie };
}

const signIn = (form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Shown> =>
  visit('/sign-in', { email: 'ada@example.test', password: PASSWORD, ...form }, headers);

async function invited(email: string): Promise<string> {
  const teamId = await app.team(ada);
  const invite = await new Client(app.url, ada).post('/auth/invite', { email, teamId });
  expect(invite.status).toBe(201);
  return mailbox.takeToken(email);
}

beforeAll(async () => {
  mailbox = await startMailbox();
  app = await startTestApp(mailbox.env);
  ada = await userWithPassword(app, 'ada');
});

afterAll(async () => {
  await app.close();
  await mailbox.close();
});

describe('signing in with a browser', () => {
  it('keeps the session in a cookie that scripts and other hosts cannot use', async () => {
    const { status, headers, cookie } = await signIn({ next: '/docs' });
    expect([status, headers.get('location')]).toEqual([303, '/docs']);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-taskmaster=tmb_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
      ),
    ]);
    const me = await new Client(app.url).with({ cookie: `other=1; ${cookie}` }).get<{ username: string }>('/auth/me');
    expect([me.status, me.body.data.username]).toEqual([200, 'ada']);
  });

  it('ends with signing out', async () => {
    const { cookie } = await signIn();
    const out = await visit('/sign-out', {}, { cookie });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-taskmaster=; .*Max-Age=0; Secure$/);
    expect((await new Client(app.url).with({ cookie }).get('/auth/me')).status).toBe(401);
  });

  it('says the same for a wrong password and an unknown address', async () => {
    const wrong = await signIn({ password: 'wrong' });
    const unknown = await signIn({ email: 'nobody@example.test' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.text.replaceAll('ada@', 'nobody@')).toBe(unknown.text);
    expect(wrong.text).toContain('E-mail or password is wrong');
    expect(wrong.cookie).toBe('');
  });

  it('leads nowhere else', async () => {
    for (const next of ['//evil.example', 'https://evil.example/']) {
      expect((await signIn({ next })).headers.get('location')).toBe('/');
    }
  });

  it('is not done by the page of another site', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const { status, cookie } = await signIn({}, headers);
      expect([status, cookie]).toEqual([403, '']);
    }
    expect((await signIn({}, { origin: app.url })).status).toBe(303);
  });

  it('lets no page of another site act through the API', async () => {
    const { cookie } = await signIn();
    const from = (origin: string): Client => new Client(app.url).with({ cookie, origin });
    expect((await from('https://evil.example').post('/tasks', { title: 'Forged' })).status).toBe(403);
    expect((await from(app.url).post('/tasks', { title: 'Mine' })).status).toBe(201);
  });

  it('is no way round: the token of the cookie is neither a bearer token nor a refresh token', async () => {
    const token = (await signIn()).cookie.split('=')[1] ?? '';
    const nobody = new Client(app.url);
    expect((await nobody.with({ authorization: `Bearer ${token}` }).get('/auth/me')).status).toBe(401);
    expect((await nobody.post('/auth/refresh', { refreshToken: token })).status).toBe(401);
  });

  it('shows who is signed in a way out', async () => {
    const { cookie } = await signIn();
    expect((await visit('/sign-in', undefined, { cookie })).text).toContain('action="/sign-out"');
    expect((await visit('/sign-in?next=/docs', undefined, { cookie })).headers.get('location')).toBe('/docs');
  });
});

describe('the pages that mail leads to', () => {
  it('reset a password', async () => {
    await userWithPassword(app, 'carol');
    expect((await visit('/reset')).text).toContain('Send the link');
    const sent = await visit('/reset', { email: 'carol@example.test' });
    expect([sent.status, sent.text]).toEqual([200, expect.stringContaining('If the address has an account')]);
    const code = await mailbox.takeToken('carol@example.test');
    expect((await visit(`/reset?code=${code}`)).text).toContain(`value="${code}"`);
    const weak = await visit('/reset', { code, password: 'carol carol carol' });
    expect([weak.status, weak.text]).toEqual([422, expect.stringContaining('role="alert"')]);
    expect((await visit('/reset', { code, password: 'a longer walk beside the river' })).status).toBe(200);
    expect((await visit('/reset', { code, password: 'a longer walk beside the river' })).status).toBe(422);
    const { status } = await signIn({ email: 'carol@example.test', password: 'a longer walk beside the river' });
    expect(status).toBe(303);
  });

  it('accept an invitation with a new account, which is signed in', async () => {
    const email = address();
    const code = await invited(email);
    const page = await visit(`/invite?code=${code}`);
    expect(page.text).toContain('ada invites you to join the team');
    expect(page.text).toContain(email);
    const { status, cookie } = await visit('/invite', { code, name: 'Grace', password: PASSWORD });
    expect(status).toBe(200);
    const me = await new Client(app.url).with({ cookie }).get<{ email: string; emailVerified: boolean }>('/auth/me');
    expect(me.body.data).toMatchObject({ email, emailVerified: true });
    expect((await visit(`/invite?code=${code}`)).status).toBe(404);
  });

  it('accept an invitation with an account', async () => {
    await userWithPassword(app, 'dave');
    const code = await invited('dave@example.test');
    const path = `/invite?code=${code}`;
    expect((await visit(path)).text).toContain(`href="/sign-in?next=${encodeURIComponent(path)}"`);
    const dave = await signIn({ email: 'dave@example.test', next: path });
    expect(dave.headers.get('location')).toBe(path);
    const other = await signIn();
    expect((await visit('/invite', { code }, { cookie: other.cookie })).status).toBe(422);
    expect((await visit(path, undefined, { cookie: dave.cookie })).text).toContain('>Accept<');
    expect((await visit('/invite', { code }, { cookie: dave.cookie })).status).toBe(200);
    const teams = await new Client(app.url).with({ cookie: dave.cookie }).get<unknown[]>('/teams');
    expect(teams.body.data).toHaveLength(2);
  });

  it('change nothing when they are only looked at', async () => {
    const email = address();
    const code = await invited(email);
    await visit(`/invite?code=${code}`);
    await visit(`/verify?code=${code}`);
    expect((await visit('/invite', { code, name: 'Grace', password: PASSWORD })).status).toBe(200);
  });

  it('verify an address once', async () => {
    const [row] = await app.sql<{ id: string }>(
      `insert into mail_tokens (user_id, purpose, token_hash, email, expires_at)
       values ($1, 'verify_email', sha256('tmm_pages'), 'ada@example.test', now() + interval '1 day') returning user_id as id`,
      [ada.id],
    );
    expect(row?.id).toBe(ada.id);
    expect((await visit('/verify', { code: 'tmm_pages' })).text).toContain('is verified');
    expect((await visit('/verify', { code: 'tmm_pages' })).status).toBe(422);
  });

  it('escape what they show, and load and run nothing', async () => {
    const { text, headers } = await visit(`/reset?code=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(text).not.toContain('<script');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('refuse forms that are too large or of another type', async () => {
    expect((await visit('/reset', { email: 'x'.repeat(20_000) })).status).toBe(413);
    const json = await fetch(`${app.url}/reset`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      body: '<a/>',
    });
    expect(json.status).toBe(415);
  });
});
