import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { Fault } from '../../src/platform/faults/fault.js';
import { Upgrades } from '../../src/platform/realtime/upgrades.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { closing, openSocket } from '../support/web-socket.js';
import { head, sendRaw } from './raw-request.js';

/**
 * One listener handles all upgrades, and every path has one owner.
 * Seen to fail: with the library's listener left on the server it closed the sockets of /echo; without the origin check
 * a foreign page got 101; without shouldUpgradeCallback, h2c got no answer.
 */
const SOCKETS_MAX = 3;

let app: TestApp;

function echoServer(): WebSocketServer {
  const server = new WebSocketServer({ noServer: true });
  server.on('connection', (client) => client.on('message', (data) => client.send(String(data))));
  return server;
}

beforeAll(async () => {
  app = await startTestApp({ CORS_ORIGIN: 'https://app.example.test', WS_SOCKETS_MAX: String(SOCKETS_MAX) });
  const upgrades = app.app.get(Upgrades);
  const admit = (): void => {
    throw new Fault('UNAUTHENTICATED');
  };
  upgrades.register({ path: '/echo', server: echoServer() });
  upgrades.register({ path: '/closed', server: echoServer(), admit });
  // A library that assumes it is the only listener: it takes every upgrade and closes unknown paths.
  const library = echoServer();
  const http = app.app.getHttpServer();
  http.on('upgrade', (request, socket, head) => {
    if (request.url === '/library')
      library.handleUpgrade(request, socket, head, (ws) => library.emit('connection', ws));
    else socket.destroy();
  });
  upgrades.adopt({ path: '/library', server: library }, http);
});

afterAll(() => app.close());

async function answersOn(path: string): Promise<string> {
  const { socket } = await openSocket(app.url, path);
  socket!.send('hello');
  const [data] = (await once(socket!, 'message')) as [Buffer];
  const closed = closing(socket!);
  socket!.close();
  await closed;
  return data.toString();
}

const refusal = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => {
  const { status, body } = await openSocket(app.url, path, { headers });
  return [status, body.code];
};

describe('a request to become a WebSocket', () => {
  it('reaches the owner of its path, beside other listeners', async () => {
    expect(await answersOn('/echo')).toBe('hello');
    expect(await answersOn('/echo/?a=b')).toBe('hello');
    expect(await answersOn('/library')).toBe('hello');
  });

  it('is refused with a problem document on an unknown path', async () => {
    expect(await refusal('/nothing')).toEqual([404, 'NOT_FOUND']);
    expect(await refusal('/api/v1/tasks')).toEqual([404, 'NOT_FOUND']);
  });

  it('is refused with the fault that the owner throws', async () => {
    expect(await refusal('/closed')).toEqual([401, 'UNAUTHENTICATED']);
  });

  it.each(['api_key', 'apiKey', 'token', 'access_token', 'jwt'])('is refused with %s in the URL', async (name) => {
    expect(await refusal(`/echo?${name}=x`)).toEqual([400, 'CREDENTIAL_IN_URL']);
  });

  it.each(['https://evil.example.test', 'null', 'http://app.example.test', 'https://app.example.test.evil.test'])(
    'is refused to a page of %s',
    async (origin) => expect(await refusal('/echo', { origin })).toEqual([403, 'FORBIDDEN']),
  );

  it("is accepted from a known origin and the service's own", async () => {
    for (const origin of ['https://app.example.test', app.url]) {
      const { socket, status } = await openSocket(app.url, '/echo', { headers: { origin } });
      expect(status).toBe(101);
      const closed = closing(socket!);
      socket!.close();
      await closed;
    }
  });

  it('is refused beyond the limit of an instance, and accepted when a socket has closed', async () => {
    const held = await Promise.all(Array.from({ length: SOCKETS_MAX }, () => openSocket(app.url, '/echo')));
    const { status, body, headers } = await openSocket(app.url, '/echo');
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'TOO_MANY_CONNECTIONS', '5']);
    const upgrades = app.app.get(Upgrades);
    expect(upgrades.open).toBe(SOCKETS_MAX);
    await Promise.all(
      held.map(({ socket }) => {
        const closed = closing(socket!);
        socket!.close();
        return closed;
      }),
    );
    expect(await answersOn('/echo')).toBe('hello');
  });

  it('gets a problem document for an invalid handshake', async () => {
    const answer = await sendRaw(app.url, head('GET /echo', { connection: 'Upgrade', upgrade: 'websocket' }));
    expect([answer?.status, answer?.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(answer?.text).toContain('VALIDATION_FAILED');
  });
});

describe('a request to become something else', () => {
  it('is answered like any other', async () => {
    const headers = { connection: 'Upgrade, close', upgrade: 'h2c' };
    expect((await sendRaw(app.url, head('GET /api/v1/health/live', headers)))?.status).toBe(200);
  });
});

describe('a shutdown', () => {
  it('tells every socket of every path with 1012, and accepts no more', async () => {
    const sockets = await Promise.all(['/echo', '/library'].map((path) => openSocket(app.url, path)));
    const closed = Promise.all(sockets.map(({ socket }) => closing(socket!)));
    const upgrades = app.app.get(Upgrades);
    const left = upgrades.beforeApplicationShutdown();
    expect(await refusal('/echo')).toEqual([503, 'SHUTTING_DOWN']);
    await left;
    const goodbye = { code: 1012, reason: 'restarting' };
    expect(await closed).toEqual([goodbye, goodbye]);
    expect(upgrades.open).toBe(0);
  });
});
