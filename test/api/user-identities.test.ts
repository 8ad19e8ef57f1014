import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { AccessIssuer, AUDIENCE } from '../support/access-issuer.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { runCli } from '../support/cli.js';
import { Client } from '../support/client.js';
import { openSocket } from '../support/web-socket.js';

/*
 * Seen to fail: without the trigger that ends sessions, with a removal that lets the ended token link again, and with a list
 * that does not ask whose identities it shows.
 */
interface Identity {
  readonly id: string;
  readonly userId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
}

let issuer: AccessIssuer;
let app: TestApp;
let admin: Client;
let administrator: TestUser;
let user: TestUser;
let email: string;

const as = (who: TestUser): Client => new Client(app.url, who);
const bearing = (token: string): Client => new Client(app.url, undefined, { 'cf-access-jwt-assertion': token });
const clientId = (): string => `${randomBytes(16).toString('hex')}.access`;
const identities = ({ id }: TestUser): string => `/users/${id}/identities`;
const link = (who: TestUser, body: unknown) => admin.post<Identity>(identities(who), body);
/** A token of the user's address; each has another session. */
const personal = (claims: Record<string, unknown> = {}): string =>
  issuer.sign(issuer.person(email, { identity_nonce: randomUUID(), ...claims }));
const statusOf = async (token: string): Promise<number> => (await bearing(token).get('/auth/me')).status;

beforeAll(async () => {
  issuer = await new AccessIssuer().start();
  app = await startTestApp({
    CLOUDFLARE_ACCESS_ENABLED: 'true',
    CLOUDFLARE_TEAM_DOMAIN: issuer.url,
    CLOUDFLARE_ACCESS_AUD: AUDIENCE,
  });
  administrator = await app.user('admin');
  admin = as(administrator);
});

beforeEach(async () => {
  user = await app.user();
  email = (await app.sql<{ email: string }>('select email from public.users where id = $1', [user.id]))[0]!.email;
});

afterAll(async () => {
  await app.close();
  await issuer.stop();
});

describe('an administrator', () => {
  it('links a service token with a user, which then acts as that user', async () => {
    const client = clientId();
    const token = issuer.sign(issuer.machine(client));
    expect(await statusOf(token)).toBe(401);
    const { status, body } = await link(user, { subject: `service-token:${client}` });
    expect([status, body.data]).toEqual([
      201,
      {
        id: expect.any(String),
        userId: user.id,
        issuer: issuer.url,
        subject: `service-token:${client}`,
        email: null,
        createdAt: expect.any(String),
      },
    ]);
    expect((await bearing(token).get<{ id: string }>('/auth/me')).body.data.id).toBe(user.id);
  });

  it('finds no second user for an identity, and no second identity of an issuer for a user', async () => {
    const subject = `service-token:${clientId()}`;
    expect((await link(user, { subject })).status).toBe(201);
    const again = await link(user, { subject });
    const another = await link(administrator, { subject });
    const second = await link(user, { subject: `service-token:${clientId()}` });
    for (const { status, body } of [again, another, second])
      expect([status, body.code]).toEqual([409, 'ALREADY_EXISTS']);
    expect(another.body.detail).toBe('This identity is linked already.');
    expect(second.body.detail).toBe('The user has an identity of this issuer already: remove it first.');
    const elsewhere = { subject, issuer: 'https://login.example.com/realms/work' };
    expect((await link(user, elsewhere)).status).toBe(201);
    const { body } = await admin.get<Identity[]>(identities(user));
    expect(body.data.map((one) => one.issuer).sort()).toEqual([issuer.url, elsewhere.issuer].sort());
  });

  it('links once, however often a request with its key is repeated', async () => {
    const body = { subject: `service-token:${clientId()}` };
    const once = admin.with({ 'idempotency-key': randomUUID() });
    const [first, second] = [await once.post(identities(user), body), await once.post(identities(user), body)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data).toEqual(first.body.data);
  });

  it.each<[string, Record<string, unknown>, number, string]>([
    ['no subject', {}, 400, 'subject'],
    ['an empty subject', { subject: '' }, 400, 'subject'],
    ['a subject with a blank at its end', { subject: 'a ' }, 400, 'subject must be printable ASCII'],
    ['a subject with a control character', { subject: 'a\u0007b' }, 400, 'subject must be printable ASCII'],
    ['a subject that is too long', { subject: 'x'.repeat(256) }, 400, 'subject'],
    ['a subject that is no text', { subject: 7 }, 400, 'subject'],
    ['an issuer that is no URL', { subject: 'a', issuer: 'example' }, 400, 'issuer must be an https:// URL'],
    ['an issuer over plain HTTP', { subject: 'a', issuer: 'http://login.example.com' }, 400, 'only for a loopback'],
    ['a field that there is not', { subject: 'a', email: 'a@example.test' }, 400, 'email'],
    ['the client id alone', { subject: `${'a'.repeat(32)}.access` }, 422, `service-token:${'a'.repeat(32)}.access`],
  ])('is told what is wrong with %s', async (_what, body, status, words) => {
    const answer = await link(user, body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
  });

  it('is told of a user and of an identity that are not there', async () => {
    const nobody = { ...user, id: randomUUID() };
    expect((await link(nobody, { subject: 'a' })).status).toBe(404);
    expect((await admin.get(identities(nobody))).status).toBe(404);
    const { body } = await link(user, { subject: `service-token:${clientId()}` });
    expect((await admin.delete(`${identities(user)}/${randomUUID()}`)).status).toBe(404);
    // Of another user than the path says.
    expect((await admin.delete(`${identities(administrator)}/${body.data.id}`)).status).toBe(404);
    expect((await admin.delete(`${identities(user)}/none`)).status).toBe(400);
    expect((await admin.get<Identity[]>(identities(user))).body.data).toHaveLength(1);
  });

  it('needs a credential without scopes', async () => {
    const { key } = await app.user('admin', undefined, ['tasks:read']);
    const narrow = new Client(app.url, { ...administrator, key });
    expect((await narrow.post(identities(user), { subject: 'a' })).status).toBe(403);
  });
});

describe('a removed identity', () => {
  it('ends the sessions that it started, and no others, at once', async () => {
    const [token, other] = [personal(), personal()];
    expect([await statusOf(token), await statusOf(other)]).toEqual([200, 200]);
    const { socket } = await openSocket(app.url, '/ws', { headers: { 'cf-access-jwt-assertion': token } });
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    const [identity] = (await admin.get<Identity[]>(identities(user))).body.data;
    expect(identity).toMatchObject({ subject: `sub-of-${email}`, email });
    expect((await admin.delete(`${identities(user)}/${identity!.id}`)).status).toBe(204);
    expect([await statusOf(token), await statusOf(other)]).toEqual([401, 401]);
    expect(await closed).toBeDefined();
    expect((await as(user).get('/auth/me')).status).toBe(200);
  });

  it('is not linked again by a page that still sends its token', async () => {
    const token = personal();
    await statusOf(token);
    const [identity] = (await admin.get<Identity[]>(identities(user))).body.data;
    await admin.delete(`${identities(user)}/${identity!.id}`);
    // PostgreSQL refuses the first request, whose identity is still cached; the second one asks to start a session.
    expect([await statusOf(token), await statusOf(token)]).toEqual([401, 401]);
    expect((await admin.get<Identity[]>(identities(user))).body.data).toEqual([]);
  });

  it('makes room for the next subject with the address, as the refusal says', async () => {
    expect(await statusOf(personal({ sub: `first-${email}` }))).toBe(200);
    const next = personal({ sub: `second-${email}` });
    const { body } = await bearing(next).get('/auth/me');
    expect(body.detail).toContain('(DELETE /users/{id}/identities/{identityId})');
    const [identity] = (await admin.get<Identity[]>(identities(user))).body.data;
    await admin.delete(`${identities(user)}/${identity!.id}`);
    expect(await statusOf(next)).toBe(200);
  });

  it('ends sessions that were started before identities were noted in them', async () => {
    const token = personal();
    await statusOf(token);
    await app.sql('update public.sessions set identity_id = null where user_id = $1', [user.id]);
    const [identity] = (await admin.get<Identity[]>(identities(user))).body.data;
    await admin.delete(`${identities(user)}/${identity!.id}`);
    expect(await statusOf(token)).toBe(401);
  });

  it('goes with its user, and so do the sessions', async () => {
    await statusOf(personal());
    await app.sql('delete from public.teams where owner_id = $1', [user.id]);
    await app.sql('delete from public.users where id = $1', [user.id]);
    expect(await app.sql('select from public.sessions where user_id = $1', [user.id])).toEqual([]);
    expect(await app.sql('select from public.user_identities where user_id = $1', [user.id])).toEqual([]);
  });

  it('leaves no session behind when a sign-in comes at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      await statusOf(personal());
      const [identity] = (await admin.get<Identity[]>(identities(user))).body.data;
      await Promise.all([
        admin.delete(`${identities(user)}/${identity!.id}`),
        ...Array.from({ length: 4 }, () => bearing(personal()).get('/auth/me')),
      ]);
      expect(await app.sql(ORPHANS, [user.id])).toEqual([]);
    }
  });
});

const ORPHANS = `select from public.sessions
where user_id = $1 and token_hash is not null and revoked_at is null and identity_id is null`;

describe('a user', () => {
  it('lists the own identities, and nobody else does', async () => {
    await statusOf(personal());
    const mate = await app.user();
    await app.team(user, mate);
    const own = await as(user).get<Identity[]>(identities(user));
    expect(own.body.data).toEqual([expect.objectContaining({ userId: user.id, issuer: issuer.url, email })]);
    const [of, absent] = [await as(mate).get(identities(user)), await app.user()];
    expect([of.status, of.body.detail]).toEqual([403, 'Only the user and admins see these identities.']);
    expect((await as(absent).get(identities(user))).status).toBe(404);
    expect((await as(user).delete(`${identities(user)}/${own.body.data[0]!.id}`)).status).toBe(403);
    expect((await as(user).post(identities(user), { subject: 'a' })).status).toBe(403);
  });
});

describe('without a team of Cloudflare Access', () => {
  it('an identity names its issuer', async () => {
    const plain = await startTestApp();
    const [client, other] = [new Client(plain.url, await plain.user('admin')), await plain.user()];
    const { status, body } = await client.post(identities(other), { subject: 'a' });
    expect([status, body.errors]).toEqual([
      400,
      [
        {
          path: 'issuer',
          message: 'issuer is needed, because no team of Cloudflare Access is configured',
          code: 'REQUIRED',
        },
      ],
    ]);
    expect((await client.post(identities(other), { subject: 'a', issuer: 'https://a.example' })).status).toBe(201);
    await plain.close();
  });
});

describe('taskmaster identities', () => {
  it('links, lists and removes', async () => {
    const subject = `service-token:${clientId()}`;
    const run = (...words: string[]) =>
      runCli(['identities', ...words], { env: { TASKMASTER_URL: app.url, TASKMASTER_API_KEY: administrator.key } });
    const linked = await run('link', email, subject, '--json');
    expect(linked.code).toBe(0);
    const { id } = JSON.parse(linked.out) as Identity;
    expect((await run('list', user.id)).out).toContain(subject);
    expect((await run('link', email, subject)).err).toContain('This identity is linked already.');
    expect((await run('list', 'nobody@example.test')).err).toContain('You see no user "nobody@example.test".');
    expect((await run('remove', email, id)).out).toContain('have ended');
    expect((await run('list', email)).out).toContain('No identities.');
  });
});
