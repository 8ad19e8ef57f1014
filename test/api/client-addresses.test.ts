import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessIssuer, AUDIENCE } from '../support/access-issuer.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/*
 * Whose address counts behind Cloudflare. Cloudflare appends the address that it saw to the X-Forwarded-For of the client,
 * and cloudflared changes nothing. Seen to fail: with the first address of X-Forwarded-For, and with CF-Connecting-IP, in the
 * place of the last address.
 */
const ADDRESS = 5;

/** Headers by which proxies name a client; a client can send each of them. */
const FORGEABLE = [
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-connecting-o2o',
  'cf-pseudo-ipv4',
  'cf-ray',
  'cf-ipcountry',
  'cf-visitor',
  'cf-worker',
  'true-client-ip',
  'x-real-ip',
  'x-client-ip',
  'forwarded',
];

let issuer: AccessIssuer;
let behind: TestApp;
let direct: TestApp;
let made = 0;

/** An address that no client has had. */
const address = (): string => `198.51.${Math.floor(made / 250)}.${(made += 1) % 250}`;
const forged = (): Record<string, string> => Object.fromEntries(FORGEABLE.map((name) => [name, address()]));

const settings = (extra: Record<string, string>): Record<string, string> => ({
  CLOUDFLARE_ACCESS_ENABLED: 'true',
  CLOUDFLARE_TEAM_DOMAIN: issuer.url,
  CLOUDFLARE_ACCESS_AUD: AUDIENCE,
  ...extra,
});

/** The statuses of requests of a client who forges whatever can be forged, anew for each. */
async function statuses(app: TestApp, real: string | null, requests: number): Promise<number[]> {
  const found: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const chain = [address(), address(), ...(real === null ? [] : [real])].join(', ');
    const client = new Client(app.url, undefined, { ...forged(), 'x-forwarded-for': chain });
    found.push((await client.get('/tasks')).status);
  }
  return found;
}

beforeAll(async () => {
  issuer = await new AccessIssuer().start();
  behind = await startTestApp(settings({ TRUSTED_PROXIES: '127.0.0.1', RATE_LIMIT_PER_ADDRESS: String(ADDRESS) }));
  direct = await startTestApp(settings({ RATE_LIMIT_PER_ADDRESS: String(ADDRESS) }));
});

afterAll(async () => {
  await behind.close();
  await direct.close();
  await issuer.stop();
});

describe('the address of a client', () => {
  it('is the one that Cloudflare saw, whatever the client sends', async () => {
    // A minute may end meanwhile, so the bound is twice the budget.
    expect(await statuses(behind, '203.0.113.7', 2 * ADDRESS + 1)).toContain(429);
    expect(await statuses(behind, '203.0.113.8', 1)).toEqual([401]);
  });

  it('is the one of the connection where no proxy is trusted', async () => {
    expect(await statuses(direct, null, 2 * ADDRESS + 1)).toContain(429);
  });

  it('is the one that the trail keeps', async () => {
    const user = await behind.user();
    const headers = { ...forged(), 'x-forwarded-for': `${address()}, 203.0.113.9` };
    const { body } = await new Client(behind.url, user, headers).post<{ id: string }>('/tasks', { title: 'traced' });
    const rows = await behind.sql(
      `select host(ip_address) as address from public.audit_logs where record_id = $1 and operation = 'INSERT'`,
      [body.data.id],
    );
    expect(rows).toEqual([{ address: '203.0.113.9' }]);
  });
});
