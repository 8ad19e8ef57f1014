import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TestApp } from '../support/app.js';
import { Authority } from '../support/certificates.js';
import { Browser, Flow, startOauthApp } from './oauth-flow.js';
import { userWithPassword } from './password-user.js';

const authorities = getCACertificates('default');

let site: Server;
let origin: string;
let answers: Record<string, { status?: number; headers?: Record<string, string>; body: string }>;
let reads: string[];
let app: TestApp;
let strict: TestApp;
let browser: Browser;
let count = 0;

/** A client that publishes what it is at a new URL. */
function published(more: Record<string, unknown> = {}): string {
  const path = `/client-${(count += 1)}.json`;
  const id = `${origin}${path}`;
  const document = {
    client_id: id,
    client_name: 'Published client',
    redirect_uris: ['http://127.0.0.1:7777/callback'],
  };
  answers[path] = { body: JSON.stringify({ ...document, ...more }) };
  return id;
}

const flow = (clientId: string): Flow => new Flow(app, browser, clientId);
const statusOf = async (clientId: string): Promise<number> => (await flow(clientId).ask()).status;

beforeAll(async () => {
  const authority = await Authority.create();
  const { key, cert } = await authority.issue('127.0.0.1', 'localhost');
  setDefaultCACertificates([...authorities, authority.cert]);
  site = createServer({ key, cert }, ({ url = '' }, response) => {
    reads.push(url);
    const { status = 200, headers = {}, body } = answers[url] ?? { status: 404, body: '' };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `https://127.0.0.1:${(site.address() as AddressInfo).port}`;
  // The site is on this machine, which only this setting allows.
  app = await startOauthApp({ WEBHOOK_ALLOW_PRIVATE: 'true' });
  strict = await startOauthApp();
  await userWithPassword(app, 'ada');
  browser = await new Browser(app.url).signIn('ada');
});
beforeEach(() => {
  answers = {};
  reads = [];
});
afterAll(async () => {
  await Promise.all([app.close(), strict.close()]);
  site.close();
  setDefaultCACertificates(authorities);
});

describe('a client that describes itself in a document', () => {
  it('is allowed without a registration, and its document is read once', async () => {
    const id = published();
    const { access_token: token } = await flow(id).tokens();
    expect(token).toMatch(/^tmo_/);
    await flow(id).tokens();
    expect(reads.length).toBe(1);
    const [grant] = await app.sql('select client_id, client_name from oauth_grants limit 1');
    expect(grant).toEqual({ client_id: id, client_name: 'Published client' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['names another client', { client_id: 'https://other.example/client.json' }],
    ['has a shared secret', { client_secret: 'x'.repeat(40) }],
    ['authenticates with a shared secret', { token_endpoint_auth_method: 'client_secret_post' }],
    ['redirects in plain HTTP', { redirect_uris: ['http://evil.example/'] }],
    ['is too large', { client_name: 'x'.repeat(20_000) }],
  ])('that %s is refused', async (_what, more) => {
    expect(await statusOf(published(more))).toBe(400);
  });

  it('is refused when the document is moved, missing or no JSON', async () => {
    const moved = published();
    answers[new URL(moved).pathname] = { status: 302, headers: { location: published() }, body: '' };
    const text = published();
    answers[new URL(text).pathname] = { body: '<html>' };
    expect([await statusOf(moved), await statusOf(`${origin}/missing.json`), await statusOf(text)]).toEqual([
      400, 400, 400,
    ]);
    expect(new Set(reads).size).toBe(3);
  });

  it('is never fetched from inside the network, nor in plain HTTP', async () => {
    const stranger = new Browser(strict.url);
    const inside = [
      published(),
      'https://127.0.0.1/c.json',
      'https://169.254.169.254/latest',
      'https://[::1]/c',
      'https://db.internal/c',
    ];
    for (const id of [...inside, 'http://example.com/client.json']) {
      expect((await stranger.open(new Flow(strict, stranger, id).url)).status).toBe(400);
    }
    expect(reads).toEqual([]);
  });
});

it('does not let clients register themselves unless the operator allows it', async () => {
  const registered = await fetch(`${app.url}/oauth/register`, { method: 'POST', body: '{}' });
  expect(registered.status).toBe(404);
  const metadata = await (await fetch(`${app.url}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).not.toHaveProperty('registration_endpoint');
});
