import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import type { TestApp, TestUser } from '../support/app.js';
import { Client } from '../support/client.js';
import { Browser, Flow, postForm, REDIRECT, registerClient, startOauthApp } from './oauth-flow.js';
import { userWithPassword } from './password-user.js';

let app: TestApp;
let ada: TestUser;
let clientId: string;
let browser: Browser;

const flow = (overrides: Record<string, string | undefined> = {}): Flow => new Flow(app, browser, clientId, overrides);
const bearer = (token: string): Client => new Client(app.url).with({ authorization: `Bearer ${token}` });
const meStatus = async (token: string): Promise<number> => (await bearer(token).get('/auth/me')).status;
const errorOf = (back: URL): (string | null)[] => ['error', 'iss'].map((name) => back.searchParams.get(name));

beforeAll(async () => {
  app = await startOauthApp({ OAUTH_DYNAMIC_REGISTRATION: 'true' });
  ada = await userWithPassword(app, 'ada');
  clientId = await registerClient(app);
  browser = await new Browser(app.url).signIn('ada');
});
afterAll(() => app.close());

async function json(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${app.url}${path}`)).json()) as Record<string, unknown>;
}

describe('the metadata of OAuth', () => {
  it('names the authorization server of each resource', async () => {
    const api = await json('/.well-known/oauth-protected-resource');
    expect(api).toMatchObject({
      resource: app.url,
      authorization_servers: [app.url],
      bearer_methods_supported: ['header'],
    });
    expect(await json('/.well-known/oauth-protected-resource/mcp')).toMatchObject({ resource: `${app.url}/mcp` });
    expect(api['scopes_supported']).toEqual(expect.arrayContaining(['tasks:read', 'tasks:write']));
    expect(api['scopes_supported']).not.toContain('*');
  });

  it('is where an answer 401 points to', async () => {
    const asked = await fetch(`${app.url}/api/v1/tasks`);
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="taskmaster", resource_metadata="${app.url}/.well-known/oauth-protected-resource"`,
    ]);
  });

  it('is true: what it leaves out is not answered', async () => {
    const metadata = await json('/.well-known/oauth-authorization-server');
    expect(metadata).toMatchObject({
      issuer: app.url,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    for (const path of ['/oauth/jwks', '/oauth/introspect', '/oauth/userinfo', '/.well-known/openid-configuration']) {
      expect((await fetch(`${app.url}${path}`)).status).toBe(404);
    }
  });
});

describe('a client', () => {
  it('is allowed, acts as its user, and renews its tokens (openid-client)', async () => {
    const config = await client.discovery(new URL(app.url), clientId, undefined, client.None(), {
      algorithm: 'oauth2',
      // The address is a loopback one.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      execute: [client.allowInsecureRequests],
    });
    const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'tasks:read tasks:write',
      resource: app.url,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const { path, status } = await browser.open(url.href.slice(app.url.length));
    expect(status).toBe(200);
    const back = await flow().answer(
      path,
      new URLSearchParams([
        ['scope', 'tasks:read'],
        ['scope', 'tasks:write'],
      ]),
    );
    const tokens = await client.authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.access_token).toMatch(/^tmo_[\w-]{43}$/);
    expect(tokens.id_token).toBeUndefined();
    const made = await bearer(tokens.access_token).post<{ id: string }>('/tasks', { title: 'By a client' });
    expect(made.status).toBe(201);
    const [trail] = await app.sql<{ user_id: string }>(
      `select s.user_id from audit_logs a join sessions s on s.id = a.session_id
       where a.record_id = $1 and s.oauth_grant_id is not null`,
      [made.body.data.id],
    );
    expect(trail).toEqual({ user_id: ada.id });
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(await meStatus(next.access_token)).toBe(200);
    await client.tokenRevocation(config, next.refresh_token ?? '');
    expect([await meStatus(tokens.access_token), await meStatus(next.access_token)]).toEqual([401, 401]);
  });

  it('leads to sign-in first, and then to the page', async () => {
    const stranger = new Browser(app.url);
    const asked = await stranger.open(new Flow(app, stranger, clientId).url);
    expect(asked.path).toMatch(/^\/sign-in\?next=%2Fconsent%2F/);
    await stranger.signIn('ada');
    const page = await stranger.open(decodeURIComponent(asked.path.split('next=')[1] ?? ''));
    expect(page.text).toContain('<h1>Allow Test client?</h1>');
  });

  it('that is refused hears so, with the issuer against mix-up', async () => {
    const { path } = await flow().ask();
    const back = await flow().answer(path, new URLSearchParams({ deny: 'yes' }));
    expect(errorOf(back)).toEqual(['access_denied', app.url]);
    const allowed = await flow().allow();
    expect(allowed.searchParams.get('iss')).toBe(app.url);
  });

  it('gets only what was ticked, and a narrowed token cannot write', async () => {
    const { access_token: token, scope } = await flow().tokens(['tasks:read']);
    expect(scope).toBe('tasks:read');
    expect((await bearer(token).get('/tasks')).status).toBe(200);
    expect((await bearer(token).post('/tasks', { title: 'No' })).status).toBe(403);
  });

  it('can narrow itself while it renews, and never widen', async () => {
    const first = flow();
    const { refresh_token: token } = await first.tokens();
    const { body } = await first.refresh(token, { scope: 'tasks:read' });
    expect(body.scope).toBe('tasks:read');
    expect((await bearer(body.access_token).post('/tasks', { title: 'No' })).status).toBe(403);
    expect((await first.refresh(body.refresh_token, { scope: 'tasks:read errors:read' })).body.error).toBe(
      'invalid_scope',
    );
  });

  it('has no permission that its user lacks, and manages no credentials', async () => {
    const asking = flow({ scope: 'tasks:read webhooks:write no:such *' });
    const page = await asking.ask();
    expect([...page.text.matchAll(/value="([^"]+)" checked/g)].map(([, scope]) => scope)).toEqual(['tasks:read']);
    const { access_token: token, scope } = await asking.tokens(['tasks:read', 'webhooks:write', '*']);
    expect(scope).toBe('tasks:read');
    expect((await bearer(token).post('/api-keys', { name: 'more' })).status).toBe(403);
    const nothing = await browser.get((await flow({ scope: 'no:such' }).ask()).path);
    expect(nothing.status).not.toBe(200);
  });

  it('listens on any port of the loopback address, and nowhere else', async () => {
    const other = flow({ redirect_uri: 'http://127.0.0.1:51234/callback' });
    expect((await other.allow()).origin).toBe('http://127.0.0.1:51234');
    for (const redirect of [
      'http://127.0.0.1:7777/other',
      'http://127.0.0.1.evil.example/callback',
      'http://evil.example/callback',
      'https://evil.example/?http://127.0.0.1:7777/callback',
      'javascript:alert(1)',
    ]) {
      const { status, text, headers, location } = await browser.get(flow({ redirect_uri: redirect }).url);
      expect([status, location]).toEqual([400, '']);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(text).toContain('This did not work');
    }
  });

  it('that registers itself cannot name a redirect URI in plain HTTP or a script', async () => {
    for (const redirect_uris of [
      ['http://evil.example/cb'],
      ['javascript:alert(1)'],
      ['https://a:b@evil.example/cb'],
      'x',
    ]) {
      await expect(registerClient(app, { redirect_uris })).rejects.toThrow(/invalid_(client_metadata|redirect_uri)/);
    }
  });
});

describe('an authorization request', () => {
  it.each([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for tokens in the URL', { response_type: 'token' }, 'unsupported_response_type'],
    ['for another resource', { resource: 'https://other.example/' }, 'invalid_target'],
  ])('%s is refused', async (_what, overrides, error) => {
    const { location } = await browser.get(flow(overrides).url);
    expect(location.startsWith(REDIRECT)).toBe(true);
    const back = new URL(location.replace('#', '?'));
    expect(errorOf(back)).toEqual([error, app.url]);
  });

  it('of an unknown client is refused on a page', async () => {
    const { status, location } = await browser.get(new Flow(app, browser, 'nobody').url);
    expect([status, location]).toEqual([400, '']);
  });
});

describe('an authorization code', () => {
  it.each([
    ['without a verifier', { code_verifier: '' }],
    ['with a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['for another redirect URI', { redirect_uri: 'http://127.0.0.1:7778/callback' }],
  ])('is not exchanged %s', async (_what, overrides) => {
    const one = flow();
    const { status, body } = await one.exchange(await one.code(), overrides);
    expect([status, ['invalid_grant', 'invalid_request'].includes(body.error ?? '')]).toEqual([400, true]);
  });

  it('is not exchanged by another client, nor for another resource', async () => {
    const one = flow({ resource: app.url });
    const code = await one.code();
    const other = await registerClient(app);
    expect((await one.exchange(code, { client_id: other })).body.error).toBe('invalid_grant');
    expect((await one.exchange(code, { resource: `${app.url}/mcp` })).body.error).toBe('invalid_target');
  });

  it('that is used twice ends the tokens it was exchanged for', async () => {
    const one = flow();
    const code = await one.code();
    const { body } = await one.exchange(code);
    expect(await meStatus(body.access_token)).toBe(200);
    expect((await one.exchange(code)).body.error).toBe('invalid_grant');
    expect(await meStatus(body.access_token)).toBe(401);
    expect((await one.refresh(body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('expires', async () => {
    const one = flow();
    const code = await one.code();
    await app.sql(`update oauth_records set expires_at = now() - interval '1 second' where kind = 'AuthorizationCode'`);
    expect((await one.exchange(code)).body.error).toBe('invalid_grant');
  });
});

describe('the page that asks', () => {
  const boxes = new URLSearchParams([['scope', 'tasks:read']]);

  it('is not answered by the page of another site', async () => {
    const { path } = await flow().ask();
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const answered = await browser.post(path, boxes, headers);
      expect([answered.status, answered.location]).toEqual([403, '']);
    }
    expect((await browser.post(path, boxes)).status).toBe(303);
  });

  it('cannot be framed, and its form leads to the service and to the client alone', async () => {
    const { headers } = await flow().ask();
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127\.0\.0\.1:7777; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is for the browser that was sent there', async () => {
    const { path } = await flow().ask();
    const other = await new Browser(app.url).signIn('ada');
    expect((await other.post(path, boxes)).status).toBe(404);
  });

  it('is not answered with a key: a program agrees to nothing', async () => {
    const { path } = await flow().ask();
    const answered = await browser.post(path, boxes, { 'x-api-key': ada.key });
    expect([answered.status, answered.location]).toEqual([401, '']);
  });

  it('asks again when nothing is ticked', async () => {
    const { path } = await flow().ask();
    const { status, text } = await browser.post(path, {});
    expect([status, text.includes('Tick at least one')]).toEqual([422, true]);
  });

  it('passes on that somebody is an administrator only when that is ticked', async () => {
    const root = await userWithPassword(app, 'root');
    await app.sql(`update users set role_id = (select id from user_roles where role_name = 'admin') where id = $1`, [
      root.id,
    ]);
    const desk = await new Browser(app.url).signIn('root');
    const asking = new Flow(app, desk, clientId, { scope: 'tasks:read *' });
    expect((await asking.ask()).text).toMatch(/value="\*"><span>Everything/);
    const without = await asking.tokens(['tasks:read']);
    expect((await bearer(without.access_token).post('/users', {})).status).toBe(403);
    const confirmed = await new Flow(app, desk, clientId, { scope: 'tasks:read *' }).tokens(['tasks:read', '*']);
    expect((await bearer(confirmed.access_token).post('/users', {})).status).toBe(400);
    expect((await bearer(confirmed.access_token).post('/api-keys', { name: 'no' })).status).toBe(403);
  });
});

describe('the token endpoint', () => {
  it('keeps nothing that a reader of the database could use', async () => {
    const tokens = await flow().tokens();
    const [found] = await app.sql<{ text: string }>(
      `select coalesce(string_agg(r::text, ''), '') || (select string_agg(s::text, '') from sessions s) as text from oauth_records r`,
    );
    const hex = (text: string): string => Buffer.from(text).toString('hex');
    for (const secret of [tokens.access_token, tokens.refresh_token, 'accountId']) {
      expect(found?.text.includes(secret) || found?.text.includes(hex(secret))).toBe(false);
    }
  });

  it('answers errors of OAuth and caches nothing', async () => {
    const { status, body, headers } = await postForm(`${app.url}/oauth/token`, {
      grant_type: 'password',
      client_id: clientId,
    });
    expect([status, body.error, headers.get('cache-control')]).toEqual([400, 'unsupported_grant_type', 'no-store']);
  });
});
