import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import type { KeyObject } from 'node:crypto';
import { createHmac, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessTokens } from '../../src/platform/credentials/access-token.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { openSocket } from '../support/web-socket.js';

const SECRET = 'a secret for tests that is long enough';
const PREVIOUS = 'the-secret-before,-which-is-accepted-still';

type Claims = Record<string, unknown>;

let folder: string;
let app: TestApp;
let user: TestUser;
let sid: string;
let key: KeyObject;

const now = (): number => Math.floor(Date.now() / 1000);
const claims = (more: Claims = {}): Claims => ({
  ...{ sid, sub: user.id, iss: 'taskmaster', aud: 'taskmaster', iat: now(), exp: now() + 600 },
  ...more,
});
const without = (name: string): Claims => Object.fromEntries(Object.entries(claims()).filter(([one]) => one !== name));
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = (): string => app.app.get(AccessTokens).sign(user.id, sid);
const kid = (): string => jwt.decode(good(), { complete: true })?.header.kid ?? '';
const pem = (): string => String(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
const es256 = (payload: Claims, header: Claims = {}, by: KeyObject = key): string =>
  jwt.sign(payload, by, { algorithm: 'ES256', header: { alg: 'ES256', kid: kid(), ...header } });
const hs256 = (payload: Claims, secret: string, header: Claims = {}): string =>
  jwt.sign(payload, secret, { algorithm: 'HS256', header: { alg: 'HS256', ...header } });
const kidOf = (secret: string): string =>
  createHmac('sha256', secret).update('taskmaster access token key').digest('base64url').slice(0, 22);
const change = (index: number, to: (text: string) => string): string =>
  good()
    .split('.')
    .map((text, place) => (place === index ? to(text) : text))
    .join('.');
const ec = (namedCurve = 'P-256'): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const bearer = (token: string): Client => new Client(app.url, undefined, { authorization: `Bearer ${token}` });
const statusOf = async (token: string): Promise<number> => (await bearer(token).get('/auth/me')).status;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-tokens-'));
  key = ec();
  await writeFile(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
  app = await startTestApp({
    JWT_SECRET: SECRET,
    JWT_SECRETS_ACCEPTED: PREVIOUS,
    JWT_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
  });
  user = await app.user();
  const [session] = await app.sql<{ id: string }>(
    `insert into public.sessions (user_id, refresh_hash, expires_at) values ($1, sha256('x'), now() + interval '1 day') returning id`,
    [user.id],
  );
  sid = session?.id ?? '';
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

describe('an access token', () => {
  it('is accepted from the key pair, and from the secret before, with and without a key id', async () => {
    const unnamed = hs256(claims(), PREVIOUS);
    const named = hs256(claims(), PREVIOUS, { kid: kidOf(PREVIOUS) });
    for (const token of [good(), es256(claims()), unnamed, named]) expect(await statusOf(token)).toBe(200);
  });

  it('opens a WebSocket', async () => {
    const { socket, status } = await openSocket(app.url, '/ws', { headers: { authorization: `Bearer ${good()}` } });
    socket?.terminate();
    expect(status).toBe(101);
  });

  it('can be verified by others, with the published key set', async () => {
    const answer = await fetch(`${app.url}/.well-known/jwks.json`);
    expect(answer.headers.get('content-type')).toContain('application/jwk-set+json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    const { keys } = (await answer.json()) as { keys: (Record<string, string> & { kid: string })[] };
    const found = keys.find((one) => one.kid === kid());
    const published = createPublicKey({ key: found ?? {}, format: 'jwk' });
    expect(jwt.verify(good(), published, { algorithms: ['ES256'], issuer: 'taskmaster' })).toMatchObject({ sid });
  });
});

const mutations: [what: string, token: () => string][] = [
  ['with another signature', () => change(2, (text) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`)],
  ['with a cut signature', () => good().slice(0, -10)],
  ['without a signature', () => `${good().split('.').slice(0, 2).join('.')}.`],
  ['with two parts', () => good().split('.').slice(0, 2).join('.')],
  ['with four parts', () => `${good()}.x`],
  ['with the signature of another token', () => change(2, () => es256(claims({ jti: 'x' })).split('.')[2] ?? '')],
  ['with a changed payload', () => change(1, () => part(claims({ sub: randomUUID() })))],
  ['with a payload that is no JSON', () => change(1, () => Buffer.from('x').toString('base64url'))],
  ['with an empty payload', () => change(1, () => '')],
  ['with a header that is no JSON', () => change(0, () => 'x')],
  ['with a header that is a list', () => change(0, () => part([{ alg: 'ES256' }]))],
  ['with the header null', () => change(0, () => part(null))],
  ['of the algorithm none', () => `${part({ alg: 'none', kid: kid() })}.${part(claims())}.`],
  ['of the algorithm NONE', () => `${part({ alg: 'NONE', kid: kid() })}.${part(claims())}.`],
  ['of the algorithm none, without a key id', () => `${part({ alg: 'none' })}.${part(claims())}.`],
  ['without an algorithm', () => `${part({ kid: kid() })}.${part(claims())}.${good().split('.')[2]}`],
  ['signed by a stranger under our key id', () => es256(claims(), {}, ec())],
  ['signed by a stranger under an id of its own', () => es256(claims(), { kid: randomUUID() }, ec())],
  ['signed by a stranger without a key id', () => es256(claims(), { kid: undefined }, ec())],
  ['signed by our key without a key id', () => es256(claims(), { kid: undefined })],
  ['signed by our key under the id of the secret', () => es256(claims(), { kid: kidOf(PREVIOUS) })],
  ['signed by the secret under the id of our key', () => hs256(claims(), PREVIOUS, { kid: kid() })],
  ['with HS256 and the public key as secret', () => forgedWith(pem(), { kid: kid() })],
  ['with HS256 and the public key as secret, without a key id', () => forgedWith(pem(), {})],
  ['with HS256 and the key id as secret', () => hs256(claims(), kid(), { kid: kid() })],
  ['with HS256 and an empty secret', () => forgedWith('', {})],
  ['with HS256 and the secret that does not sign any more', () => hs256(claims(), SECRET)],
  ['with HS256 and the secret that does not sign, by its id', () => hs256(claims(), SECRET, { kid: kidOf(SECRET) })],
  ['signed by the secret before under an id that nobody knows', () => hs256(claims(), PREVIOUS, { kid: randomUUID() })],
  ['with HS384 and the secret before', () => jwt.sign(claims(), PREVIOUS, { algorithm: 'HS384' })],
  [
    'with HS512 and the secret before',
    () => jwt.sign(claims(), PREVIOUS, { algorithm: 'HS512', keyid: kidOf(PREVIOUS) }),
  ],
  ['with RS256 under our key id', () => jwt.sign(claims(), rsa, { algorithm: 'RS256', keyid: kid() })],
  ['with PS256 under our key id', () => jwt.sign(claims(), rsa, { algorithm: 'PS256', keyid: kid() })],
  ['with ES384 under our key id', () => jwt.sign(claims(), ec('P-384'), { algorithm: 'ES384', keyid: kid() })],
  ['with its own key (jwk)', () => withOwnKey((own) => ({ jwk: createPublicKey(own).export({ format: 'jwk' }) }))],
  ['with the URL of a key (jku)', () => withOwnKey(() => ({ jku: 'http://127.0.0.1:9/' }))],
  ['with the URL of a certificate (x5u)', () => withOwnKey(() => ({ x5u: 'http://127.0.0.1:9/' }))],
  ['with a certificate (x5c)', () => withOwnKey(() => ({ x5c: ['MIIB'] }))],
  ['of a key id that is a path', () => es256(claims(), { kid: '../../dev/null' })],
  ['of a key id with SQL', () => es256(claims(), { kid: `' or 1=1 --` })],
  ['of a key id that every object has', () => es256(claims(), { kid: '__proto__' })],
  ['of a key id that is a number', () => es256(claims(), { kid: 7 })],
  ['of a key id that is a list', () => es256(claims(), { kid: [kid()] })],
  ['of a key id that is null', () => es256(claims(), { kid: null })],
  ['of another issuer', () => es256(claims({ iss: 'other' }))],
  ['of no issuer', () => es256(without('iss'))],
  ['of another audience', () => es256(claims({ aud: 'other' }))],
  ['of no audience', () => es256(without('aud'))],
  ['of an empty audience', () => es256(claims({ aud: [] }))],
  ['that has expired', () => es256(claims({ exp: now() - 1 }))],
  ['that never expires', () => es256(without('exp'))],
  ['that expires at a text', () => change(1, () => part(claims({ exp: 'tomorrow' })))],
  ['that is not valid yet', () => es256(claims({ nbf: now() + 600 }))],
  ['of no session', () => es256(without('sid'))],
  ['of a session that does not exist', () => es256(claims({ sid: randomUUID() }))],
  ['of a session that is no UUID', () => es256(claims({ sid: `${sid}' or true` }))],
  ['of a session that is a list', () => es256(claims({ sid: [sid] }))],
  ['of no user', () => es256(without('sub'))],
];

/** jsonwebtoken refuses to sign with such secrets. */
function forgedWith(secret: string, header: Claims): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function withOwnKey(header: (own: KeyObject) => Claims): string {
  const own = ec();
  return es256(claims(), { kid: undefined, ...header(own) }, own);
}

describe('an access token that is not valid', () => {
  it('is one of more than forty', () => {
    expect(mutations.length).toBeGreaterThan(40);
    expect(new Set(mutations.map(([what]) => what)).size).toBe(mutations.length);
  });

  // Seen to fail: with all algorithms allowed for each key, and with one verifier for tokens of every key id.
  it.each(mutations)('%s is refused', async (_what, token) => {
    expect(await statusOf(token())).toBe(401);
  });
});
