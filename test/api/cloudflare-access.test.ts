import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { AccessIssuer, AUDIENCE, signingKey } from '../support/access-issuer.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { openSocket } from '../support/web-socket.js';

const NAME = 'cf-access-jwt-assertion';

let issuer: AccessIssuer;
let app: TestApp;
let user: TestUser;
let email: string;

const settings = (extra: Record<string, string> = {}): Record<string, string> => ({
  CLOUDFLARE_ACCESS_ENABLED: 'true',
  CLOUDFLARE_TEAM_DOMAIN: issuer.url,
  CLOUDFLARE_ACCESS_AUD: `${'b'.repeat(64)},${AUDIENCE}`,
  ...extra,
});
const through = (token: string, url = app.url): Client => new Client(url, undefined, { [NAME]: token });
const tokenOf = (address: string, claims: Record<string, unknown> = {}): string =>
  issuer.sign(issuer.person(address, claims));
const me = async (client: Client): Promise<unknown> => (await client.get<{ id: string }>('/auth/me')).body.data.id;

beforeAll(async () => {
  issuer = await new AccessIssuer().start();
  app = await startTestApp(settings());
});

beforeEach(async () => {
  user = await app.user();
  email = `${(await app.sql<{ name: string }>('select name from public.users where id = $1', [user.id]))[0]!.name}@example.test`;
});

afterAll(async () => {
  await app.close();
  await issuer.stop();
});

describe('a token of Cloudflare Access', () => {
  it('signs its person in, by header and by cookie, however the address is spelt', async () => {
    expect(await me(through(tokenOf(email)))).toBe(user.id);
    const token = tokenOf(email.toUpperCase(), { sub: `sub-of-${email}` });
    expect(await me(new Client(app.url, undefined, { cookie: `a=b; CF_Authorization=${token}; c=d` }))).toBe(user.id);
  });

  it('works on GraphQL and on WebSockets', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [NAME]: tokenOf(email) },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    expect(await response.json()).toEqual({ data: { me: { id: user.id } } });
    const { socket, status } = await openSocket(app.url, '/ws', { headers: { [NAME]: tokenOf(email) } });
    socket?.terminate();
    expect(status).toBe(101);
    const refused = await openSocket(app.url, '/ws', { headers: { [NAME]: `${tokenOf(email)}x` } });
    expect(refused).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('applies only when the client sends no credential', async () => {
    const other = await app.user();
    const key = new Client(app.url, other, { [NAME]: tokenOf(email) });
    expect(await me(key)).toBe(other.id);
    const wrong = await new Client(app.url, undefined, { [NAME]: tokenOf(email), 'x-api-key': 'tmk_wrong' }).get(
      '/auth/me',
    );
    expect(wrong.status).toBe(401);
  });

  it('ends with its user and with its session, at the next request', async () => {
    const client = through(tokenOf(email));
    expect(await me(client)).toBe(user.id);
    await app.sql('update public.users set is_active = false where id = $1', [user.id]);
    expect((await client.get('/tasks')).status).toBe(401);
    await app.sql('update public.users set is_active = true where id = $1', [user.id]);
    expect((await client.get('/tasks')).status).toBe(200);
    await app.sql('update public.sessions set revoked_at = now() where user_id = $1', [user.id]);
    expect((await client.get('/tasks')).status).toBe(401);
    expect((await through(tokenOf(email)).get('/tasks')).status).toBe(200);
  });

  it('is no bearer token, and a bearer token or a key is none of Access, whatever was accepted before', async () => {
    const token = tokenOf(email);
    expect(await me(through(token))).toBe(user.id);
    const bearer = new Client(app.url, undefined, { authorization: `Bearer ${token}` });
    expect((await bearer.get('/auth/me')).status).toBe(401);
    expect(await me(new Client(app.url, user))).toBe(user.id);
    expect((await through(user.key).get('/auth/me')).status).toBe(401);
  });

  it('is no refresh token', async () => {
    const token = tokenOf(email);
    await me(through(token));
    const { status } = await new Client(app.url).post('/auth/refresh', { refreshToken: token });
    expect(status).toBe(400);
  });

  it('makes one session, however many first requests arrive at once', async () => {
    const client = through(tokenOf(email));
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.get('/tasks')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await app.sql('select from public.sessions where user_id = $1', [user.id])).toHaveLength(1);
    expect(await app.sql('select from public.user_identities where user_id = $1', [user.id])).toHaveLength(1);
  });
});

describe('who a token names', () => {
  it('is refused without a user of that address', async () => {
    const { status, body } = await through(tokenOf('nobody@example.test')).get('/auth/me');
    expect([status, body.detail]).toEqual([401, 'No user has the e-mail address nobody@example.test.']);
    expect(await app.sql(`select from public.users where email = 'nobody@example.test'`)).toEqual([]);
  });

  it('stays the same person when the address changes, and never becomes another one', async () => {
    expect(await me(through(tokenOf(email, { sub: 'first' + email })))).toBe(user.id);
    expect(await me(through(tokenOf('renamed@example.test', { sub: 'first' + email })))).toBe(user.id);
    const { status, body } = await through(tokenOf(email, { sub: 'second' + email })).get('/auth/me');
    expect([status, body.detail]).toEqual([
      401,
      `Cloudflare Access knows the user of ${email} as somebody else. An administrator has to remove that identity first (DELETE /users/{id}/identities/{identityId}).`,
    ]);
  });

  it('is a machine only after an administrator has linked it', async () => {
    const client = through(issuer.sign(issuer.machine('ci.access')));
    const refused = await client.get('/auth/me');
    expect([refused.status, refused.body.detail]).toEqual([401, 'No user has the identity service-token:ci.access.']);
    await app.sql(
      `insert into public.user_identities (user_id, issuer, subject) values ($1, $2, 'service-token:ci.access')`,
      [user.id, issuer.url],
    );
    expect(await me(client)).toBe(user.id);
  });

  it('does not come from other headers of the edge', async () => {
    const headers = { 'cf-access-authenticated-user-email': email, 'cf-connecting-ip': '127.0.0.1' };
    expect((await new Client(app.url, undefined, headers).get('/auth/me')).status).toBe(401);
  });
});

describe('tokens that are not valid', () => {
  const stranger = signingKey();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Math.floor(Date.now() / 1000);
  const without = (claims: Record<string, unknown>, name: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const pem = (): string => String(issuer.keys[0]!.publicKey.export({ type: 'spki', format: 'pem' }));
  const cut = (token: string, index: number, change: (part: string) => string): string =>
    token
      .split('.')
      .map((one, place) => (place === index ? change(one) : one))
      .join('.');
  const good = (claims: Record<string, unknown> = {}): string => tokenOf(email, claims);

  const mutations: [what: string, token: () => string][] = [
    [
      'signed with a key that is not published, under a published id',
      () => issuer.sign(issuer.person(email), { ...stranger, id: issuer.keys[0]!.id }),
    ],
    ['signed with a key that is not published, under its own id', () => issuer.sign(issuer.person(email), stranger)],
    [
      'not signed, algorithm none',
      () => `${part({ alg: 'none', kid: issuer.keys[0]!.id })}.${part(issuer.person(email))}.`,
    ],
    ['not signed, algorithm RS256', () => `${good().split('.').slice(0, 2).join('.')}.`],
    ['not signed and without a key id', () => `${part({ alg: 'RS256' })}.${part(issuer.person(email))}.`],
    [
      'signed with HS256 and the public key as secret',
      () => {
        const head = `${part({ alg: 'HS256', kid: issuer.keys[0]!.id })}.${part(issuer.person(email))}`;
        return `${head}.${jwt.sign('', pem(), { algorithm: 'HS256' }).split('.')[2]}`;
      },
    ],
    [
      'signed with RS384',
      () =>
        jwt.sign(issuer.person(email), issuer.keys[0]!.privateKey, { algorithm: 'RS384', keyid: issuer.keys[0]!.id }),
    ],
    [
      'signed with PS256',
      () =>
        jwt.sign(issuer.person(email), issuer.keys[0]!.privateKey, { algorithm: 'PS256', keyid: issuer.keys[0]!.id }),
    ],
    [
      'signed with ES256',
      () => jwt.sign(issuer.person(email), ec.privateKey, { algorithm: 'ES256', keyid: issuer.keys[0]!.id }),
    ],
    [
      'with its own key in the header (jwk)',
      () =>
        issuer.sign(issuer.person(email), stranger, {
          jwk: stranger.publicKey.export({ format: 'jwk' }),
          kid: undefined,
        }),
    ],
    [
      'with the URL of another key (jku)',
      () => issuer.sign(issuer.person(email), stranger, { jku: 'http://127.0.0.1:9/', kid: undefined }),
    ],
    [
      'with the URL of another certificate (x5u)',
      () => issuer.sign(issuer.person(email), stranger, { x5u: 'http://127.0.0.1:9/', kid: undefined }),
    ],
    [
      'of a key id that is a path',
      () => issuer.sign(issuer.person(email), issuer.keys[0], { kid: '../../etc/passwd' }),
    ],
    [
      'of a key id that is no text',
      () => issuer.sign(issuer.person(email), issuer.keys[0], { kid: 7 as unknown as string }),
    ],
    ['of a key id in every object', () => issuer.sign(issuer.person(email), issuer.keys[0], { kid: '__proto__' })],
    ['with a changed signature', () => cut(good(), 2, (text) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`)],
    ['with a cut signature', () => good().slice(0, -10)],
    ['with something behind the signature', () => `${good()}.x`],
    ['with a changed payload', () => cut(good(), 1, () => part(issuer.person('admin@example.test')))],
    ['with a payload that is no JSON', () => cut(good(), 1, () => Buffer.from('x').toString('base64url'))],
    ['with a header that is no JSON', () => cut(good(), 0, () => 'x')],
    ['of another audience', () => good({ aud: ['c'.repeat(64)] })],
    ['of a longer audience', () => good({ aud: [`${AUDIENCE}0`] })],
    ['of no audience', () => issuer.sign(without(issuer.person(email), 'aud'))],
    ['of an empty audience', () => good({ aud: [] })],
    ['of another issuer', () => good({ iss: 'https://other.cloudflareaccess.com' })],
    ['of the issuer with a slash', () => good({ iss: `${issuer.url}/` })],
    ['of no issuer', () => issuer.sign(without(issuer.person(email), 'iss'))],
    ['of the organisation rather than an application', () => good({ type: 'org' })],
    ['of no type', () => issuer.sign(without(issuer.person(email), 'type'))],
    ['expired', () => good({ exp: now - 60, iat: now - 600, nbf: now - 600 })],
    ['that never expires', () => issuer.sign(without(issuer.person(email), 'exp'))],
    [
      'whose end is a text',
      () =>
        `${part({ alg: 'RS256', kid: issuer.keys[0]!.id })}.${part({ ...issuer.person(email), exp: '9999999999' })}.${good().split('.')[2]}`,
    ],
    ['that is not valid yet', () => good({ nbf: now + 120 })],
    [
      'without its time',
      () =>
        jwt.sign(without(issuer.person(email), 'iat'), issuer.keys[0]!.privateKey, {
          algorithm: 'RS256',
          keyid: issuer.keys[0]!.id,
          noTimestamp: true,
        }),
    ],
    ['of nobody', () => issuer.sign(without(without(issuer.person(email), 'email'), 'sub'))],
    ['of an empty subject', () => good({ sub: '' })],
    ['of a subject that is no text', () => good({ sub: { $ne: '' } })],
    ['of a subject that is too long', () => good({ sub: 'x'.repeat(201) })],
    ['of a subject that holds a control character', () => good({ sub: 'a\0b' })],
    ['of a blank subject', () => good({ sub: '  ' })],
    ['of an address that is too long', () => good({ email: `${'x'.repeat(250)}@example.test` })],
    ['of an address that holds a control character', () => good({ email: `a\0${email}` })],
    ['of a machine whose id is too long', () => issuer.sign(issuer.machine('x'.repeat(201)))],
    ['without an address', () => issuer.sign(without(issuer.person(email), 'email'))],
    ['whose address is a list', () => good({ email: [email] })],
    ['of a machine and a person at once', () => good({ common_name: 'ci.access' })],
    ['of a machine with an e-mail address', () => issuer.sign(issuer.machine('ci.access', { email }))],
    [
      'of our own',
      () =>
        jwt.sign({ sid: randomUUID() }, 'a secret for tests that is long enough', {
          issuer: 'taskmaster',
          audience: 'taskmaster',
          subject: user.id,
        }),
    ],
    ['that is no token', () => 'true'],
  ];

  it.each(mutations)('refuses one %s', async (_what, token) => {
    const { status, body } = await through(token()).get('/auth/me');
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('accepts the token that they were made from', async () => {
    expect(await me(through(good()))).toBe(user.id);
  });
});

describe('the keys of Access', () => {
  it('rotate without a refused request', async () => {
    const [old] = issuer.keys;
    const before = tokenOf(email);
    expect(await me(through(before))).toBe(user.id);
    issuer.keys = [signingKey(), old!];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, place) =>
        place % 2 === 0
          ? through(tokenOf(email)).get('/auth/me')
          : through(issuer.sign(issuer.person(email), old)).get('/auth/me'),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('may be out of reach: known keys keep working, and a token of an unknown key is answered 503', async () => {
    expect(await me(through(tokenOf(email)))).toBe(user.id);
    issuer.isDown = true;
    try {
      expect(await me(through(tokenOf(email)))).toBe(user.id);
      const { status, body, headers } = await through(issuer.sign(issuer.person(email), signingKey())).get('/auth/me');
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'IDENTITY_PROVIDER_UNAVAILABLE', '5']);
    } finally {
      issuer.isDown = false;
    }
  });
});

describe('a page of another site', () => {
  const foreign = { origin: 'https://evil.example' };

  it('cannot change anything with the sign-in of Access', async () => {
    const client = through(tokenOf(email));
    const task = { title: 'made by a page', teamId: user.teamId };
    const { status, body } = await client.with(foreign).post('/tasks', task);
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    expect((await client.with({ origin: 'null' }).post('/tasks', task)).status).toBe(403);
    expect((await client.with({ origin: app.url }).post('/tasks', task)).status).toBe(201);
    expect((await client.post('/tasks', task)).status).toBe(201);
  });

  it('is no matter for a key, which no browser sends unasked', async () => {
    const { status } = await new Client(app.url, user, foreign).post('/tasks', { title: 'x', teamId: user.teamId });
    expect(status).toBe(201);
  });
});

describe('with CLOUDFLARE_ACCESS_REQUIRED and CLOUDFLARE_ACCESS_CREATE_USERS', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp(
      settings({ CLOUDFLARE_ACCESS_REQUIRED: 'true', CLOUDFLARE_ACCESS_CREATE_USERS: 'true' }),
    );
  });
  afterAll(() => strict.close());

  it.each([
    ['GET', '/api/v1/tasks'],
    ['POST', '/api/v1/auth/login'],
    ['GET', '/api/v1/health/detailed'],
    ['GET', '/docs'],
    ['GET', '/api/v1/openapi.json'],
    ['POST', '/graphql'],
    ['GET', '/'],
    ['GET', '/nothing'],
  ])('answers %s %s only through Access', async (method, path) => {
    const { key } = await strict.user('admin');
    const response = await fetch(strict.url + path, { method, headers: { 'x-api-key': key } });
    expect([response.status, await response.text()]).toEqual([
      401,
      expect.stringContaining('This service answers only through Cloudflare Access.'),
    ]);
    const admitted = await fetch(strict.url + path, {
      method,
      headers: { 'x-api-key': key, [NAME]: tokenOf('a@b.test') },
    });
    expect(admitted.status).not.toBe(401);
  });

  it.each(['/api/v1/health', '/api/v1/health/live', '/api/v1/health/ready'])(
    'answers %s to everybody',
    async (path) => {
      expect((await fetch(strict.url + path)).status).toBe(200);
    },
  );

  it('opens no WebSocket past Access, and one with it', async () => {
    const { key } = await strict.user();
    for (const path of ['/ws', '/graphql']) {
      const refused = await openSocket(strict.url, path, { headers: { 'x-api-key': key } });
      expect(refused).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    }
    const { socket, status } = await openSocket(strict.url, '/ws', { headers: { [NAME]: tokenOf('ws@b.test') } });
    socket?.terminate();
    expect(status).toBe(101);
  });

  it('makes a developer of a person whom nobody knows, once', async () => {
    const address = 'New.Person@example.test';
    const client = through(tokenOf(address, { name: 'New Person' }), strict.url);
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.get('/auth/me')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers[0]!.body.data).toMatchObject({ email: address, name: 'New Person', role: 'developer' });
    const made = await strict.sql(`select email_verified, password_hash from public.users where email = $1`, [address]);
    expect(made).toEqual([{ email_verified: true, password_hash: null }]);
  });

  it('counts who is refused against the budget of the address', async () => {
    const limited = await startTestApp(settings({ CLOUDFLARE_ACCESS_REQUIRED: 'true', RATE_LIMIT_PER_ADDRESS: '5' }));
    const statuses: number[] = [];
    for (let request = 0; request < 6; request += 1) statuses.push((await fetch(`${limited.url}/docs`)).status);
    await limited.close();
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('makes no user of a machine', async () => {
    expect((await through(issuer.sign(issuer.machine('new.access')), strict.url).get('/auth/me')).status).toBe(401);
  });
});
