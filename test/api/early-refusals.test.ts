import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { RouteTable } from '../../src/platform/http/route-table.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { openSocket } from '../support/web-socket.js';
import { head, sendRaw } from './raw-request.js';

/*
 * The service decides about a request before it reads the body. A body that never comes shows the order: a service that
 * waits for it answers 408.
 */
const KIB = 1024;
const MIB = 1024 * KIB;
const BODY_MAX = MIB;
const ANONYMOUS_MAX = 64 * KIB;
/** Bytes of a body without a credential. */
const LOGIN_MAX = 16 * KIB;

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let eve: TestUser;

beforeAll(async () => {
  app = await startTestApp({
    HTTP_BODY_BYTES_MAX: String(BODY_MAX),
    HTTP_ANONYMOUS_BYTES_MAX: String(ANONYMOUS_MAX),
    CORS_ORIGIN: 'https://console.example.test',
  });
  [ada, bob, eve] = [await app.user(), await app.user(), await app.user()];
});

afterAll(() => app.close());

const json = (headers: Readonly<Record<string, string>> = {}) => ({ 'content-type': 'application/json', ...headers });
const keyOf = (user: TestUser) => ({ 'x-api-key': user.key });
const codeOf = (text: string | undefined): unknown => (JSON.parse(text ?? '{}') as { code?: string }).code;

/** Sends the head of a request whose body never comes. */
const withoutItsBody = (request: string, bytes: number, headers: Readonly<Record<string, string>> = {}) =>
  sendRaw(app.url, head(request, json({ 'content-length': String(bytes), connection: 'keep-alive', ...headers })));

/** A request that has sent its head and half of its body, and holds what it announced. */
class UnfinishedRequest {
  readonly socket: Socket;
  readonly #received: Buffer[] = [];

  constructor(path: string, body: string, headers: Readonly<Record<string, string>>) {
    const { hostname, port } = new URL(app.url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('data', (part: Buffer) => this.#received.push(part)).on('error', () => undefined);
    const length = { 'content-length': String(body.length) };
    this.socket.write(head(`POST ${path}`, json({ ...length, ...headers })) + body.slice(0, body.length / 2));
    this.rest = body.slice(body.length / 2);
  }

  private readonly rest: string;

  async finish(): Promise<string> {
    const closed = once(this.socket, 'close');
    this.socket.write(this.rest);
    await closed;
    return Buffer.concat(this.#received).toString('utf8');
  }
}

/** Bytes of bodies that the service holds, as its metric says. */
async function heldBytes(): Promise<number> {
  const { Metrics } = await import('../../src/platform/telemetry/metrics.js');
  const text = await app.app.get(Metrics).text();
  return [...text.matchAll(/^taskmaster_request_body_bytes\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

async function untilHeld(bytes: number): Promise<void> {
  for (;;) {
    if ((await heldBytes()) === bytes) return;
    await new Promise((turn) => setImmediate(turn));
  }
}

const padded = (value: object, bytes: number): string => JSON.stringify(value).padEnd(bytes, ' ');

describe('A body', () => {
  const isPublic = (url: string): boolean =>
    /\/auth\/(login|logout|refresh|signup|verify-email|password\/(forgot|reset)|invite\/accept)$/.test(url) ||
    /^\/(sign-in|sign-out|verify|reset|invite)$/.test(url);

  it('is not read without a credential, on any route that needs one', async () => {
    const routes = app.app
      .get(RouteTable)
      .routes()
      .filter(({ method, url }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && !isPublic(url));
    expect(routes.length).toBeGreaterThan(60);
    const answers = await Promise.all(
      routes.map(async ({ method, url }) => {
        const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'x');
        const reply = await withoutItsBody(`${method} ${path}`, 1_000);
        return `${method} ${url} ${reply?.status ?? 'none'} ${reply?.headers['connection'] ?? ''}`;
      }),
    );
    expect(answers).toEqual(routes.map(({ method, url }) => `${method} ${url} 401 close`));
  });

  it('is not read with a wrong key, at an unknown path, for a method that a path does not have, or when it is too large', async () => {
    const wrong = await withoutItsBody('POST /api/v1/tasks', 1_000, { 'x-api-key': `tmk_${'x'.repeat(43)}` });
    expect([wrong?.status, codeOf(wrong?.text)]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await withoutItsBody('POST /api/v1/nowhere', 1_000))?.status).toBe(404);
    expect((await withoutItsBody('POST /api/v1/nowhere', 1_000, keyOf(ada)))?.status).toBe(404);
    const method = await withoutItsBody('PUT /api/v1/tasks', 1_000, keyOf(ada));
    expect([method?.status, method?.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    const large = await withoutItsBody('POST /api/v1/tasks', MIB + 1, keyOf(ada));
    expect([large?.status, codeOf(large?.text)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const login = await withoutItsBody('POST /api/v1/auth/login', LOGIN_MAX + 1);
    expect([login?.status, codeOf(login?.text)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('is not read by GraphQL either, which answers in its own form', async () => {
    const reply = await withoutItsBody('POST /graphql', 1_000);
    expect(reply?.status).toBe(401);
    expect(JSON.parse(reply?.text ?? '')).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('is judged after the credential: what is malformed is a 401 without one', async () => {
    const { status, body } = await new Client(app.url).call('POST', '/tasks', '{not json');
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('that is refused leaves pages of a browser able to read the answer', async () => {
    const origin = 'https://console.example.test';
    const reply = await withoutItsBody('POST /api/v1/tasks', 1_000, { origin });
    expect([reply?.status, reply?.headers['access-control-allow-origin']]).toEqual([401, origin]);
  });

  it('is asked for with 100 Continue only once it is wanted', async () => {
    const body = '{"title":"expected"}';
    const headers = json({ expect: '100-continue', 'content-length': String(body.length) });
    const refused = await sendRaw(app.url, head('POST /api/v1/tasks', headers));
    expect(refused?.status).toBe(401);
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(head('POST /api/v1/tasks', { ...headers, ...keyOf(ada) }));
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(body);
    const [second] = (await once(socket, 'data')) as [Buffer];
    expect(second.toString()).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
  });
});

describe('The bodies in memory', () => {
  it('are bounded for each user and together, and what was refused can be sent once the others have ended', async () => {
    const task = padded({ title: 'large' }, BODY_MAX / 2);
    const [first, second] = [ada, bob].map((user) => new UnfinishedRequest('/api/v1/tasks', task, keyOf(user)));
    await untilHeld(BODY_MAX);
    const refused = await withoutItsBody('POST /api/v1/tasks', 1_000, keyOf(eve));
    expect([refused?.status, codeOf(refused?.text), refused?.headers['retry-after']]).toEqual([503, 'OVERLOADED', '1']);
    expect(await first!.finish()).toMatch(/^HTTP\/1\.1 201 /);
    await untilHeld(BODY_MAX / 2);
    // There is room now, but not for the one who holds half of it.
    const own = await withoutItsBody('POST /api/v1/tasks', 1_000, keyOf(bob));
    expect([own?.status, codeOf(own?.text)]).toEqual([503, 'OVERLOADED']);
    expect((await new Client(app.url, eve).post('/tasks', { title: 'small' })).status).toBe(201);
    expect(await second!.finish()).toMatch(/^HTTP\/1\.1 201 /);
    await untilHeld(0);
    expect((await new Client(app.url, bob).post('/tasks', { title: 'small' })).status).toBe(201);
  });

  it('are counted as they arrive when their length was not announced', async () => {
    const one = new UnfinishedRequest('/api/v1/tasks', padded({ title: 'large' }, BODY_MAX / 2), keyOf(ada));
    await untilHeld(BODY_MAX / 2);
    const chunk = padded({ title: 'chunked' }, BODY_MAX / 2 + 1);
    const chunked = json({ 'transfer-encoding': 'chunked', ...keyOf(bob) });
    const reply = await sendRaw(
      app.url,
      head('POST /api/v1/tasks', chunked),
      `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
    );
    expect([reply?.status, codeOf(reply?.text)]).toEqual([503, 'OVERLOADED']);
    await one.finish();
    await untilHeld(0);
  });

  it('of strangers have a smaller bound of their own, which users do not feel', async () => {
    const login = padded({ email: 'nobody@example.test', password: 'does not matter' }, LOGIN_MAX);
    const logins = Array.from({ length: 4 }, () => new UnfinishedRequest('/api/v1/auth/login', login, {}));
    await untilHeld(ANONYMOUS_MAX);
    const refused = await withoutItsBody('POST /api/v1/auth/login', 100);
    expect([refused?.status, codeOf(refused?.text)]).toEqual([503, 'OVERLOADED']);
    expect((await new Client(app.url, ada).post('/tasks', { title: 'beside' })).status).toBe(201);
    for (const one of logins) one.socket.destroy();
    await untilHeld(0);
    const again = await new Client(app.url).post('/auth/login', {
      email: 'no@example.test',
      password: 'not mine at all',
    });
    expect(again.status).toBe(401);
  });

  it('bound the WebSockets without a credential, each of which may send a message', async () => {
    const first = await openSocket(app.url, '/ws');
    const second = await openSocket(app.url, '/ws');
    expect([first.status, second.status, second.body.code]).toEqual([101, 503, 'TOO_MANY_CONNECTIONS']);
    const known = await openSocket(app.url, '/ws', { headers: keyOf(ada) });
    expect(known.status).toBe(101);
    for (const { socket } of [first, known]) socket?.terminate();
  });
});

describe('A connection that is too slow', () => {
  let impatient: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    impatient = await startTestApp({ HTTP_HEADERS_TIMEOUT_MS: '300', HTTP_REQUEST_TIMEOUT_MS: '300' });
    user = await impatient.user();
  });

  afterAll(() => impatient.close());

  it('is answered 408 and closed while its headers or its body are missing', async () => {
    const slow = [
      'POST /api/v1/tasks HTTP/1.1\r\nhost: localhost\r\n',
      head('POST /api/v1/tasks', json({ 'content-length': '1000', ...keyOf(user) })),
      head('POST /api/v1/auth/login', json({ 'transfer-encoding': 'chunked' })),
    ];
    const replies = await Promise.all(slow.map((bytes) => sendRaw(impatient.url, bytes)));
    expect(replies.map((reply) => [reply?.status, codeOf(reply?.text)])).toEqual(
      slow.map(() => [408, 'REQUEST_TIMEOUT']),
    );
  });
});
