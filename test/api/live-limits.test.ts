import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import jwt from 'jsonwebtoken';
import { WebSocket } from 'ws';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { LiveTestClient } from '../support/live-client.js';
import { closing, openSocket } from '../support/web-socket.js';
import { eventually } from '../start/program.js';

/**
 * What one client, one user or a crowd may use of an instance.
 * Seen to fail: with any limit removed, its case timed out waiting for the connection to close.
 */
const SECRET = 'a secret for tests that is long enough';
const SOCKETS_MAX = 16;
const PER_USER_MAX = 4;

let app: TestApp;
let user: TestUser;
const open: LiveTestClient[] = [];

beforeAll(async () => {
  app = await startTestApp({
    JWT_SECRET: SECRET,
    WS_SOCKETS_MAX: String(SOCKETS_MAX),
    WS_SOCKETS_PER_USER_MAX: String(PER_USER_MAX),
    RATE_LIMIT_PER_CREDENTIAL: '1000000',
    WS_HEARTBEAT_MS: '2000',
    WS_AUTHENTICATE_MS: '300',
  });
  user = await app.user();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

afterAll(() => app.close());

async function connect(key?: string): Promise<LiveTestClient> {
  const client = await LiveTestClient.open(app.url, key);
  open.push(client);
  return client;
}

async function metric(name: string): Promise<number> {
  const line = (await app.app.get(Metrics).text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}

describe('a client', () => {
  it('that does not authenticate is closed with 4401', async () => {
    const client = await connect();
    expect(await client.closed).toEqual({ code: 4401, reason: 'unauthenticated' });
  });

  it('has at most 50 subscriptions', async () => {
    const client = await connect(user.key);
    for (let i = 0; i < 50; i += 1) client.send('subscribe', { id: `s${i}` });
    client.send('subscribe', { id: 'one more' }, 'x');
    const answer = await client.until(({ id }) => id === 'x');
    expect(answer.data.code).toBe('RULE_VIOLATED');
    await client.until(() => client.answers.filter(({ event }) => event === 'subscribed').length === 50);
    expect(await metric('taskmaster_websocket_subscriptions')).toBe(50);
  });

  it('that sends a message of more than 64 KiB is closed with 1009', async () => {
    const client = await connect(user.key);
    client.send('ping', { x: 'x'.repeat(64 * 1024) });
    expect((await client.closed).code).toBe(1009);
  });

  it('that exceeds the message rate is closed with 4029', async () => {
    const client = await connect(user.key);
    for (let i = 0; i < 500; i += 1) client.send('ping', {});
    expect(await client.closed).toEqual({ code: 4029, reason: 'too many messages' });
    expect(client.answers.length).toBeLessThan(150);
  });

  it('that exceeds the rate with protocol pings is closed too', async () => {
    const client = await connect(user.key);
    const answered = new Promise((resolve) => client.socket.once('pong', (data: Buffer) => resolve(String(data))));
    client.socket.ping('here');
    expect(await answered).toBe('here');
    for (let i = 0; i < 500; i += 1) client.socket.ping();
    expect((await client.closed).code).toBe(4029);
  });

  it('that does not answer a ping is closed at the next one', async () => {
    const headers = { 'x-api-key': user.key };
    const dead = await openSocket(app.url, '/ws', { headers, autoPong: false });
    const alive = await connect(user.key);
    expect((await closing(dead.socket!)).code).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    await eventually(async () => (await metric('taskmaster_websocket_closed_total{reason="unresponsive"}')) === 1);
  });

  it('is closed with 4401 when its token expires, unless it sends a newer one', async () => {
    const [session] = await app.sql<{ id: string }>(
      `insert into public.sessions (user_id, refresh_hash, expires_at)
values ($1, sha256('limits'), now() + interval '1 day')
returning id`,
      [user.id],
    );
    const token = (seconds: number): string =>
      jwt.sign({ sid: session!.id }, SECRET, {
        subject: user.id,
        issuer: 'taskmaster',
        audience: 'taskmaster',
        expiresIn: seconds,
      });
    const [ending, renewed] = [await connect(), await connect()];
    expect((await ending.ask('authenticate', { token: token(2) })).event).toBe('authenticated');
    expect((await renewed.ask('authenticate', { token: token(2) })).event).toBe('authenticated');
    expect((await renewed.ask('authenticate', { token: token(60) })).event).toBe('authenticated');
    expect((await ending.closed).code).toBe(4401);
    expect((await renewed.ask('ping', {})).event).toBe('pong');
  });

  it('gets no compression, which costs hundreds of kilobytes per connection', async () => {
    const client = await connect(user.key);
    expect(client.socket.extensions).toBe('');
  });
});

describe('a user', () => {
  it('has a limited number of connections, and another when one has closed', async () => {
    const other = await app.user();
    const held = await Promise.all(Array.from({ length: PER_USER_MAX }, () => connect(other.key)));
    const { status, body } = await openSocket(app.url, '/ws', { headers: { 'x-api-key': other.key } });
    expect([status, body.code]).toEqual([429, 'RATE_LIMITED']);
    const byMessage = await connect();
    expect((await byMessage.ask('authenticate', { token: other.key })).data.code).toBe('RATE_LIMITED');
    await held[0]!.close();
    await eventually(async () => {
      const { socket } = await openSocket(app.url, '/ws', { headers: { 'x-api-key': other.key } });
      socket?.terminate();
      return socket !== null;
    });
  });
});

describe('a crowd without credentials', () => {
  it('leaves room for authenticated clients', async () => {
    const strangers = SOCKETS_MAX / 4;
    const crowd = await Promise.all(Array.from({ length: strangers }, () => openSocket(app.url, '/ws')));
    expect(crowd.map(({ status }) => status)).toEqual(crowd.map(() => 101));
    const { status, body } = await openSocket(app.url, '/ws');
    expect([status, body.code]).toEqual([503, 'TOO_MANY_CONNECTIONS']);
    expect((await (await connect(user.key)).ask('ping', {})).event).toBe('pong');
    await Promise.all(crowd.map(({ socket }) => once(socket!, 'close')));
  });
});
