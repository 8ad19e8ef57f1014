import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import { ConfigProblem, loadConfig } from '../../src/platform/config/config.js';
import { Drain } from '../../src/platform/http/drain.js';
import { eventually } from '../start/program.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Authority } from '../support/certificates.js';
import { scratchFolder } from '../support/scratch-folder.js';

let folder: string;
let authority: Authority;

const file = (name: string): string => join(folder, name);

async function put(pair: { readonly cert: string; readonly key: string }): Promise<void> {
  await writeFile(file('tls.crt'), pair.cert);
  await writeFile(file('tls.key'), pair.key, { mode: 0o600 });
}

beforeAll(async () => {
  folder = await scratchFolder('https');
  authority = await Authority.create();
  await put(await authority.issue('localhost', '127.0.0.1'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a listener with a certificate', () => {
  let app: TestApp;
  let user: TestUser;
  let port: number;

  beforeAll(async () => {
    app = await startTestApp({ TLS_CERT_FILE: file('tls.crt'), TLS_KEY_FILE: file('tls.key') });
    user = await app.user();
    port = Number(new URL(app.url).port);
  });

  afterAll(() => app.close());

  async function get(path: string): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
    const sent = request({ port, host: '127.0.0.1', path, ca: authority.cert, headers: { 'x-api-key': user.key } });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [
      { statusCode?: number; headers: IncomingHttpHeaders; resume(): void },
    ];
    answer.resume();
    return { status: answer.statusCode, headers: answer.headers };
  }

  it('answers over TLS, and tells browsers to stay with it', async () => {
    const { status, headers } = await get('/api/v1/tasks');
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000; includeSubDomains']);
  });

  it('opens WebSockets over TLS', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, {
      ca: authority.cert,
      headers: { 'x-api-key': user.key },
    });
    await once(socket, 'open');
    socket.terminate();
  });

  it('speaks no version of TLS before 1.2, and no plain HTTP', async () => {
    const old = connect({ port, host: '127.0.0.1', ca: authority.cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
    const plain = connectPlain(port, '127.0.0.1');
    plain.on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    let text = '';
    plain.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    await once(plain, 'close');
    expect(text).not.toContain('HTTP/1.1');
  });

  // Seen to fail: without the timer.
  it('uses a new certificate without a restart, once its two files belong together', async () => {
    const serial = async (): Promise<string> => {
      const socket = connect({ port, host: '127.0.0.1', ca: authority.cert });
      await once(socket, 'secureConnect');
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const before = await serial();
    const next = await authority.issue('localhost', '127.0.0.1');
    await writeFile(file('tls.crt'), next.cert);
    expect(await serial()).toBe(before);
    await writeFile(file('tls.key'), next.key);
    const after = await eventually(async () => {
      const found = await serial();
      return found !== before && found;
    });
    expect(after).not.toBe(before);
    expect((await get('/api/v1/tasks')).status).toBe(200);
  });

  // Seen to fail: with the sockets beneath TLS taken for those of the requests, the answer was lost.
  it('finishes a request in flight when it shuts down, and closes idle connections', async () => {
    const other = await startTestApp({
      ...{ TLS_CERT_FILE: file('tls.crt'), TLS_KEY_FILE: file('tls.key'), TASKMASTER_DRAIN_MS: '0' },
    });
    const { key } = await other.user();
    const open = async (): Promise<TLSSocket> => {
      const socket = connect({ port: Number(new URL(other.url).port), host: '127.0.0.1', ca: authority.cert });
      await once(socket, 'secureConnect');
      return socket;
    };
    const [idle, busy] = [await open(), await open()];
    const body = '{"title":"in flight"}';
    const head = `POST /api/v1/tasks HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-type: application/json`;
    busy.write(`${head}\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`);
    await once(busy, 'data');
    const closed = other.app.get(Drain).close(other.app);
    idle.resume();
    await once(idle, 'close');
    busy.write(body);
    const [answer] = (await once(busy, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 201 Created');
    await closed;
    await other.close();
  });

  it('tells when its certificate expires', async () => {
    const admin = await app.user('admin');
    const sent = request({
      port,
      host: '127.0.0.1',
      path: '/api/v1/metrics',
      ca: authority.cert,
      headers: { 'x-api-key': admin.key },
    });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
    let text = '';
    for await (const chunk of answer) text += chunk.toString();
    const [, seconds] = /^taskmaster_tls_certificate_expiry_timestamp_seconds (\S+)$/m.exec(text) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThan(Date.now());
  });
});

describe('the files of a certificate', () => {
  const problems = (env: Record<string, string>): string => {
    try {
      loadConfig(env);
      return '';
    } catch (error) {
      return error instanceof ConfigProblem ? error.message : String(error);
    }
  };

  it('stop the start when one is missing, cannot be read, or does not belong to the other', async () => {
    const other = await authority.issue('other');
    await writeFile(file('other.key'), other.key);
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [file('tls.crt'), file('tls.key')];
    expect(problems({ TLS_CERT_FILE })).toBe('TLS_CERT_FILE and TLS_KEY_FILE are needed together.');
    expect(problems({ TLS_CERT_FILE: '/nowhere', TLS_KEY_FILE })).toBe('TLS_CERT_FILE cannot be read (ENOENT).');
    expect(problems({ TLS_CERT_FILE, TLS_KEY_FILE: '/nowhere' })).toBe('TLS_KEY_FILE cannot be read (ENOENT).');
    const sentence =
      'TLS_CERT_FILE and TLS_KEY_FILE must be PEM files with a certificate and its private key without a password.';
    for (const wrong of [file('other.key'), TLS_CERT_FILE]) {
      expect(problems({ TLS_CERT_FILE, TLS_KEY_FILE: wrong })).toBe(sentence);
    }
    expect(problems({ TLS_CERT_FILE, TLS_KEY_FILE })).toBe('');
  });
});

describe('behind a proxy that is trusted', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
    user = await app.user();
  });

  afterAll(() => app.close());

  const via = (scheme: string | null, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(app.url + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(scheme === null ? {} : { 'x-forwarded-proto': scheme }), ...(init.headers as object) },
    });
  const hsts = (answer: Response): string | null => answer.headers.get('strict-transport-security');

  it('a request over HTTPS is answered, with HSTS', async () => {
    const answer = await via('https', '/api/v1/tasks', { headers: { 'x-api-key': user.key } });
    expect([answer.status, hsts(answer)]).toEqual([200, 'max-age=31536000; includeSubDomains']);
    expect(hsts(await via('https', '/api/v1/tasks'))).not.toBeNull();
  });

  it('a request of the same network, such as a probe, is answered without', async () => {
    const answer = await via(null, '/api/v1/health/live');
    expect([answer.status, hsts(answer)]).toEqual([200, null]);
  });

  it.each(['/', '/docs', '/docs?x=1', '/api/v1/health'])('a page in the clear leads to HTTPS: %s', async (path) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await via('http', path, { method });
      const location = `https://${new URL(app.url).hostname}${path}`;
      expect([answer.status, answer.headers.get('location'), hsts(answer)]).toEqual([308, location, null]);
    }
  });

  it('the host of the proxy is the one that is led to', async () => {
    const headers = { 'x-forwarded-host': 'api.example.com' };
    expect((await via('http', '/docs', { headers })).headers.get('location')).toBe('https://api.example.com/docs');
    const odd = await via('http', '/docs', { headers: { 'x-forwarded-host': 'a"b' } });
    expect([odd.status, odd.headers.get('location')]).toEqual([426, null]);
  });

  // Seen to fail: with credentials redirected, and without the check of upgrades.
  it('what came in the clear with a credential or a body is refused, and not repeated by a redirect', async () => {
    const cases: RequestInit[] = [
      { headers: { 'x-api-key': user.key } },
      { headers: { authorization: `Bearer ${user.key}` } },
      { headers: { cookie: 'a=b; CF_Authorization=x.y.z' } },
      { method: 'POST' },
      { method: 'DELETE' },
    ];
    for (const init of cases) {
      const answer = await via('http', '/api/v1/tasks', init);
      const { code } = (await answer.json()) as { code: string };
      expect([answer.status, code, answer.headers.get('location')]).toEqual([426, 'HTTPS_REQUIRED', null]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const login = { method: 'POST', body: '{"email":"a@b.test","password":"x"}' };
    expect((await via('http', '/api/v1/auth/login', login)).status).toBe(426);
  });

  it('a WebSocket in the clear is refused', async () => {
    for (const [scheme, opened] of [
      ['http', false],
      ['ws', false],
      ['https', true],
      ['wss', true],
    ] as const) {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, {
        headers: { 'x-api-key': user.key, 'x-forwarded-proto': scheme },
      });
      const answer = await Promise.race([
        once(socket, 'open').then(() => 'open'),
        once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number),
      ]);
      socket.on('error', () => undefined);
      socket.terminate();
      expect([scheme, answer]).toEqual([scheme, opened ? 'open' : 426]);
    }
  });

  it('the word of the nearest proxy counts', async () => {
    expect((await via('http, https', '/docs')).status).not.toBe(308);
    expect((await via('https, http', '/docs')).status).toBe(308);
  });
});

describe('without a trusted proxy', () => {
  it('nobody’s word about the scheme counts', async () => {
    const app = await startTestApp();
    const headers = { 'x-forwarded-proto': 'http', 'x-api-key': (await app.user()).key };
    const plain = await fetch(`${app.url}/api/v1/tasks`, { headers });
    const secure = await fetch(`${app.url}/api/v1/tasks`, { headers: { ...headers, 'x-forwarded-proto': 'https' } });
    await app.close();
    expect([plain.status, secure.status]).toEqual([200, 200]);
    expect(secure.headers.get('strict-transport-security')).toBeNull();
  });
});
