import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { LiveTestClient } from '../support/live-client.js';

/** Seen to fail: without the check after the look-up, every address could use the key. */
const NETWORKS = ['192.0.2.0/24', '2001:db8::/32'];

let app: TestApp;
let ada: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
  ada = await app.user('developer', 'ada');
  client = new Client(app.url, ada);
});
afterAll(() => app.close());

async function newKey(allowedNetworks: readonly string[] | null): Promise<TestUser & { readonly keyId: string }> {
  const { status, body } = await client.post<{ id: string; key: string }>('/api-keys', { name: 'ci', allowedNetworks });
  expect(status).toBe(201);
  return { ...ada, keyId: body.data.id, key: body.data.key };
}

const from = (user: TestUser, ip: string): Promise<number> =>
  new Client(app.url, user, { 'x-forwarded-for': ip }).get('/auth/me').then(({ status }) => status);

it('works from its networks and from nowhere else, however often it was used before', async () => {
  const key = await newKey(NETWORKS);
  for (const ip of ['192.0.2.7', '::ffff:192.0.2.8', '2001:db8:1::1'])
    expect([ip, await from(key, ip)]).toEqual([ip, 200]);
  for (const ip of ['198.51.100.1', '2001:db9::1', 'unknown']) expect([ip, await from(key, ip)]).toEqual([ip, 403]);
  expect(await from(key, '192.0.2.7')).toBe(200);
  expect(await from(await newKey(null), '198.51.100.1')).toBe(200);
});

it('says why it is refused, and leaves public routes alone', async () => {
  const outside = new Client(app.url, await newKey(NETWORKS), { 'x-forwarded-for': '198.51.100.1' });
  const { status, body } = await outside.get('/tasks');
  expect([status, body.detail]).toEqual([403, 'The API key may not be used from this address.']);
  expect((await outside.get('/health/live')).status).toBe(200);
});

it('opens no socket from elsewhere, with the handshake or after it', async () => {
  const { key } = await newKey(['10.0.0.0/8']);
  const refused = await LiveTestClient.open(app.url, key).catch((error: unknown) => String(error));
  expect(String(refused)).toContain('403');
});

it('passes its networks on to its successor', async () => {
  const { keyId } = await newKey(NETWORKS);
  const { body } = await client.post<{ allowedNetworks: string[]; key: string }>(`/api-keys/${keyId}/rotate`);
  expect(body.data.allowedNetworks).toEqual(NETWORKS);
  expect(await from({ ...ada, key: body.data.key }, '198.51.100.1')).toBe(403);
});

it.each([['192.0.2.0'], ['192.0.2.0/33'], ['everywhere'], ['']])('takes no network like "%s"', async (network) => {
  const { status, body } = await client.post('/api-keys', { name: 'ci', allowedNetworks: [network] });
  expect([status, body.errors?.[0]?.path]).toEqual([400, 'allowedNetworks']);
});
