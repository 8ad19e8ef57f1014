import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokens } from '../../src/platform/credentials/access-token.js';
import { OperationRegistry } from '../../src/platform/operations/registry.js';
import { routesOf } from '../../src/platform/operations/operation.js';
import { eventually } from '../start/program.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Receiver } from '../support/json-receiver.js';
import { openSocket } from '../support/web-socket.js';
import { PASSWORD, userWithPassword } from './password-user.js';

const ABSENT = '01890000-0000-7000-8000-000000000000';
const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

/** Secrets in the forms that they have; none of them is valid. */
const CANARIES = {
  password: `canary-${random(12)}`,
  key: `tmk_${random(32)}`,
  refreshToken: `tmr_${random(48)}AAA`,
  accessToken: `eyJhbGciOiJIUzI1NiJ9.${random(30)}.${random(32)}`,
  assertion: `eyJhbGciOiJSUzI1NiJ9.${random(30)}.${random(32)}`,
  cookie: `canary-${random(12)}`,
};

let app: TestApp;
let admin: TestUser;
let collector: Receiver;
let sentry: Receiver;
const log: string[] = [];
/** Secrets that the service has issued. */
const issued: string[] = [];
const statuses = new Set<number>();

const COOKIE = `session=${CANARIES.cookie}; CF_Authorization=${CANARIES.assertion}`;
const BODY = {
  ...{ password: CANARIES.password, currentPassword: CANARIES.password, newPassword: `${CANARIES.password} new` },
  ...{ refreshToken: CANARIES.refreshToken, token: CANARIES.accessToken, apiKey: CANARIES.key },
  ...{ email: 'canary@example.test', name: 'canary', url: `https://user:${CANARIES.password}@example.com/hook` },
};

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<string> {
  const answer = await fetch(app.url + path, {
    method,
    headers: { 'content-type': 'application/json', cookie: COOKIE, ...headers },
    ...(body === undefined || method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  statuses.add(answer.status);
  return answer.text();
}

/** What a request may carry: a wrong key, a wrong token, and a valid key beside secrets in every other place. */
const attempts = (): Record<string, string>[] => [
  { 'x-api-key': CANARIES.key },
  { authorization: `Bearer ${CANARIES.accessToken}` },
  { authorization: `Basic ${Buffer.from(`user:${CANARIES.password}`).toString('base64')}` },
  { 'x-api-key': admin.key, 'cf-access-jwt-assertion': CANARIES.assertion, 'idempotency-key': random(8) },
];

beforeAll(async () => {
  [collector, sentry] = [await Receiver.start(), await Receiver.start()];
  app = await startTestApp(
    {
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
      SENTRY_DSN: `http://key@127.0.0.1:${sentry.port}/1`,
      REFRESH_SECRET: 'a secret of refresh tokens for this test',
    },
    { write: (line) => void log.push(line) },
  );
  admin = await app.user('admin');
  issued.push(admin.key, PASSWORD);
});

afterAll(async () => {
  await app.close();
  await collector.stop();
  await sentry.stop();
});

async function everyOperation(): Promise<number> {
  let sent = 0;
  const operations = app.app.get(OperationRegistry).all();
  for (const { method, path } of operations.flatMap(routesOf)) {
    const target = `/api/v1${path.replaceAll(/\{\w+\}/g, ABSENT)}`;
    for (const headers of attempts()) await send(method, target, headers, BODY);
    await send(method, `${target}?api_key=${CANARIES.key}&token=${CANARIES.accessToken}`, {}, BODY);
    await send(method, target, { 'x-api-key': admin.key }, `{"password":"${CANARIES.password}`);
    sent += 1;
  }
  return sent;
}

/** Logs in, refreshes, reuses, logs out, and issues keys and secrets; all of them are real. */
async function realSecrets(): Promise<void> {
  await userWithPassword(app, 'canary-user');
  const login = { email: 'canary-user@example.test', password: PASSWORD };
  const first = JSON.parse(await send('POST', '/api/v1/auth/login', {}, login)) as { data: Record<string, string> };
  const { token = '', refreshToken = '' } = first.data;
  const second = JSON.parse(await send('POST', '/api/v1/auth/refresh', {}, { refreshToken })) as typeof first;
  issued.push(token, refreshToken, second.data['token'] ?? '', second.data['refreshToken'] ?? '');
  await send('GET', '/api/v1/auth/me', { authorization: `Bearer ${token}` });
  await send('POST', '/api/v1/auth/refresh', {}, { refreshToken });
  await send('POST', '/api/v1/auth/login', {}, { ...login, password: CANARIES.password });
  await send('POST', '/api/v1/auth/logout', {}, { refreshToken: CANARIES.refreshToken });
  await send('POST', '/api/v1/auth/refresh', {}, { refreshToken: CANARIES.refreshToken });
  const made = JSON.parse(await send('POST', '/api/v1/api-keys', { 'x-api-key': admin.key }, { name: 'canary' })) as {
    data: { id: string; key: string };
  };
  issued.push(made.data.key);
  const rotated = await send('POST', `/api/v1/api-keys/${made.data.id}/rotate`, { 'x-api-key': made.data.key }, {});
  issued.push((JSON.parse(rotated) as typeof made).data.key);
  const hook = { url: 'https://example.com/hook' };
  const webhook = await send('POST', '/api/v1/webhooks', { 'x-api-key': admin.key }, hook);
  issued.push(/whsec_[A-Za-z0-9+/=]+/.exec(webhook)?.[0] ?? '');
}

/** Statements with digests of secrets fail: a login in its function, an exchange in PL/pgSQL. */
async function failingStatements(): Promise<void> {
  await app.sql('alter table public.sessions rename column refresh_hash to refresh_gone');
  await app.sql('alter table public.sessions add constraint canary check (false) not valid');
  const login = { email: 'canary-user@example.test', password: PASSWORD };
  const token = app.app.get(AccessTokens).sign(ABSENT, ABSENT);
  issued.push(token);
  for (const [path, body] of [
    ['/api/v1/auth/login', login],
    ['/api/v1/auth/refresh', { refreshToken: CANARIES.refreshToken }],
    ['/api/v1/auth/logout', { refreshToken: CANARIES.refreshToken }],
  ] as const) {
    await send('POST', path, {}, body);
  }
  await send('GET', '/api/v1/tasks', { 'x-api-key': CANARIES.key });
  await send('GET', '/api/v1/tasks', { authorization: `Bearer ${token}` });
  await app.sql('alter table public.sessions rename column refresh_gone to refresh_hash');
  await app.sql('alter table public.sessions drop constraint canary');
}

async function otherSurfaces(): Promise<void> {
  const query = `mutation { createUser(input: { email: "x@example.test", name: "x", password: "${CANARIES.password}" }) { id } }`;
  for (const headers of attempts()) await send('POST', '/graphql', headers, { query, variables: BODY });
  for (const headers of [...attempts(), { cookie: COOKIE }]) {
    for (const path of ['/ws', '/graphql', `/ws?token=${CANARIES.accessToken}`]) {
      const { socket } = await openSocket(app.url, path, { headers });
      socket?.send(JSON.stringify({ type: 'authenticate', apiKey: CANARIES.key, token: CANARIES.accessToken }));
      socket?.send(`{"type":"${CANARIES.key}`);
      socket?.terminate();
    }
  }
}

// Seen to fail: with the URL and the cookie of a request in a line of the log.
describe('secrets that are sent through every operation', () => {
  it('appear in no log, metric, trace or report', async () => {
    const sent = await everyOperation();
    await realSecrets();
    await otherSurfaces();
    await failingStatements();
    expect(sent).toBeGreaterThan(80);
    for (const status of [200, 201, 400, 401, 404, 500]) expect([status, statuses.has(status)]).toEqual([status, true]);
    const places = {
      log: await eventually(() => log.some((line) => line.includes('/api/v1/auth/login')) && log.join('\n')),
      metrics: await send('GET', '/api/v1/metrics', { 'x-api-key': admin.key }),
      traces: await eventually(() => collector.text.includes('/api/v1/auth/login') && collector.text),
      reports: await eventually(() => sentry.text.includes('/api/v1/auth/refresh') && sentry.text),
      postgres: readFileSync(join(process.env['TEST_SCRATCH'] ?? '', 'postgres.log'), 'utf8'),
    };
    const secrets = [...Object.values(CANARIES), ...issued];
    expect(secrets.filter((secret) => secret.length < 12)).toEqual([]);
    const found = Object.entries(places).flatMap(([place, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => [place, secret]),
    );
    expect(found).toEqual([]);
    expect(places.postgres).toContain('refresh_hash');
  });
});
