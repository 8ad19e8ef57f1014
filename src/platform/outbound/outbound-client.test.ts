import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { EnvHttpProxyAgent, request } from 'undici';
import { isPublicAddress } from './address.js';
import { OutboundClient } from './outbound-client.js';
import type { OutboundOptions } from './outbound-client.js';

const timeouts = { connectMs: 1_000, headersMs: 1_000, bodyMs: 1_000, totalMs: 3_000 };

/** Of the public kind, in a block that was never given out: no route leads there. */
const PUBLIC_AND_NOWHERE = '2d00::1';

/** What the resolver of the test answers, one answer after the other. */
const zone: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'loopback.example.com': [['127.0.0.1']],
  'loopback6.example.com': [['::1']],
  'one-of-two.example.com': [[PUBLIC_AND_NOWHERE, '127.0.0.1']],
  'mapped.example.com': [['::ffff:127.0.0.1']],
  'metadata.example.com': [['169.254.169.254']],
  'shared.example.com': [['100.100.100.200']],
  'zoned.example.com': [['fe80::1%lo']],
  'empty.example.com': [[]],
};

/** Every form is written for the port of the canary; `naive` is whether a client without rules reaches it there. */
const hostile: readonly { readonly url: (port: number) => string; readonly naive?: true }[] = [
  { url: (p) => `https://127.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://127.0.0.1.:${p}/`, naive: true },
  { url: (p) => `https://127.1:${p}/`, naive: true },
  { url: (p) => `https://127.0.1:${p}/`, naive: true },
  { url: (p) => `https://2130706433:${p}/`, naive: true },
  { url: (p) => `https://0x7f000001:${p}/`, naive: true },
  { url: (p) => `https://0x7f.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://0X7F.0x0.0x0.0x1:${p}/`, naive: true },
  { url: (p) => `https://0177.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://017700000001:${p}/`, naive: true },
  { url: (p) => `https://00000177.00.00.01:${p}/`, naive: true },
  { url: (p) => `https://0:${p}/`, naive: true },
  { url: (p) => `https://0.0.0.0:${p}/`, naive: true },
  { url: (p) => `https://%31%32%37.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://１２７.０.０.１:${p}/`, naive: true },
  { url: (p) => `https://127。0。0。1:${p}/`, naive: true },
  { url: (p) => `https://①②⑦.⓪.⓪.①:${p}/`, naive: true },
  { url: (p) => `https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:${p}/`, naive: true },
  { url: (p) => `https://localhost:${p}/`, naive: true },
  { url: (p) => `https://LOCALHOST:${p}/`, naive: true },
  { url: (p) => `https://localhost.:${p}/` },
  { url: (p) => `https://api.localhost:${p}/` },
  { url: (p) => `https://localhost.localdomain:${p}/` },
  { url: (p) => `https://[::1]:${p}/`, naive: true },
  { url: (p) => `https://[0:0:0:0:0:0:0:1]:${p}/`, naive: true },
  { url: (p) => `https://[::ffff:127.0.0.1]:${p}/`, naive: true },
  { url: (p) => `https://[::ffff:7f00:1]:${p}/`, naive: true },
  { url: (p) => `https://[::127.0.0.1]:${p}/` },
  { url: (p) => `https://[::]:${p}/`, naive: true },
  { url: (p) => `https://[::1%25lo]:${p}/` },
  { url: (p) => `https://[64:ff9b::7f00:1]:${p}/` },
  { url: (p) => `https://[64:ff9b:1::7f00:1]:${p}/` },
  { url: (p) => `https://[2002:7f00:1::]:${p}/` },
  { url: (p) => `https://[2001:0:7f00:1::]:${p}/` },
  { url: (p) => `https://[fe80::1]:${p}/` },
  { url: (p) => `https://[fc00::1]:${p}/` },
  { url: (p) => `https://[fd00:ec2::254]:${p}/` },
  { url: (p) => `https://[ff02::1]:${p}/` },
  { url: (p) => `https://10.0.0.1:${p}/` },
  { url: (p) => `https://172.16.0.1:${p}/` },
  { url: (p) => `https://192.168.0.1:${p}/` },
  { url: (p) => `https://169.254.169.254:${p}/latest/meta-data/` },
  { url: (p) => `https://100.64.0.1:${p}/` },
  { url: (p) => `https://168.63.129.16:${p}/` },
  { url: (p) => `https://192.0.0.192:${p}/` },
  { url: (p) => `https://198.18.0.1:${p}/` },
  { url: (p) => `https://224.0.0.1:${p}/` },
  { url: (p) => `https://240.0.0.1:${p}/` },
  { url: (p) => `https://255.255.255.255:${p}/` },
  { url: (p) => `https://metadata.google.internal:${p}/` },
  { url: (p) => `https://router.lan:${p}/` },
  { url: (p) => `https://intranet:${p}/` },
  { url: (p) => `https://example.com@127.0.0.1:${p}/` },
  { url: (p) => `https://example.com:443@127.0.0.1:${p}/` },
  { url: (p) => `https://@127.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://127.0.0.1:${p}#@example.com/`, naive: true },
  { url: (p) => `https://127.0.0.1:${p}\\@example.com/`, naive: true },
  { url: (p) => `https:\\\\127.0.0.1:${p}/`, naive: true },
  { url: (p) => `https:127.0.0.1:${p}/`, naive: true },
  { url: (p) => `https:///127.0.0.1:${p}/`, naive: true },
  { url: (p) => ` https://127.0.0.1:${p}/`, naive: true },
  { url: (p) => `https://127.0.0.1:${p}/\n`, naive: true },
  { url: (p) => `https://127.0.\t0.1:${p}/`, naive: true },
  { url: (p) => `http://127.0.0.1:${p}/`, naive: true },
  { url: (p) => `HTTP://127.0.0.1:${p}/`, naive: true },
  { url: (p) => `ftp://127.0.0.1:${p}/` },
  { url: (p) => `file://127.0.0.1:${p}/etc/passwd` },
  { url: (p) => `gopher://127.0.0.1:${p}/` },
  { url: (p) => `javascript:fetch('https://127.0.0.1:${p}')` },
  ...Object.keys(zone).map((name) => ({ url: (p: number) => `https://${name}:${p}/` })),
];

/** A service inside, which counts the connections it is sent. */
class Canary {
  connections = 0;
  private readonly servers: net.Server[] = [];
  port = 0;
  hasIpv6 = false;

  async start(): Promise<void> {
    const server = net.createServer((socket) => {
      this.connections += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    });
    // The unspecified address of IPv6 takes IPv4 too; not every machine has IPv6.
    this.hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
    server.listen(0, this.hasIpv6 ? '::' : '0.0.0.0');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.servers.push(server);
  }

  async reached(act: () => Promise<unknown>): Promise<boolean> {
    const before = this.connections;
    await act().catch(() => undefined);
    return this.connections > before;
  }

  stop(): Promise<unknown> {
    return Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/*
 * Seen to fail: the canary is reached by each naive client below. With the address check taken out of the client the names of
 * the zone reached it; with the one of URLs taken out, the addresses did.
 */
describe('an outbound request', () => {
  const canary = new Canary();
  let asked: string[];
  let client: OutboundClient;

  const resolve = async (host: string): Promise<readonly string[]> => {
    const place = asked.filter((name) => name === host).length;
    asked.push(host);
    const answers = zone[host] ?? [];
    return answers[Math.min(place, answers.length - 1)] ?? [];
  };
  const strict = (options: Partial<OutboundOptions> = {}): OutboundClient =>
    new OutboundClient({ allowPrivate: false, ports: [canary.port], timeouts, resolve, ...options });

  beforeAll(async () => {
    await canary.start();
    client = strict();
  });

  beforeEach(() => {
    asked = [];
  });

  afterAll(async () => {
    await client.close();
    await canary.stop();
  });

  it('reaches nothing inside, however the URL is written', async () => {
    const before = canary.connections;
    const results = await Promise.all(hostile.map(({ url }) => client.post(url(canary.port), {}, 'x')));
    const failures = results.map((result, place) => ({ url: hostile[place]?.url(0), ...result }));
    expect(failures.filter((one) => !('failure' in one) || !['refused', 'unresolved'].includes(one.failure))).toEqual(
      [],
    );
    expect(canary.connections - before).toBe(0);
    process.stdout.write(`Outbound requests: ${hostile.length} hostile URLs, canary reached 0 times\n`);
    expect(hostile.length).toBeGreaterThanOrEqual(40);
  });

  it('would have reached the canary without its rules', async () => {
    const reached: string[] = [];
    const forms = hostile.filter(({ naive, url }) => naive && (canary.hasIpv6 || !url(0).includes('[')));
    for (const { url } of forms) {
      const text = url(canary.port);
      if (await canary.reached(() => fetch(text, { signal: AbortSignal.timeout(2_000) }))) reached.push(text);
    }
    expect(reached).toEqual(forms.map(({ url }) => url(canary.port)));
  });

  it('opens its connection to the very address that it has checked, however the name moves on', async () => {
    const moving = [[PUBLIC_AND_NOWHERE], ['127.0.0.1']];
    const answer = async (): Promise<readonly string[]> => moving[asked.push('') - 1] ?? ['127.0.0.1'];
    const rebound = strict({ resolve: answer });
    const inside = await canary.reached(() => rebound.post(`https://moving.example.com:${canary.port}/`, {}, 'x'));
    await rebound.close();
    expect({ inside, lookUps: asked.length }).toEqual({ inside: false, lookUps: 1 });

    // What checks with one look-up and connects with the next is taken inside.
    asked = [];
    const checked = await answer();
    expect(checked.every(isPublicAddress)).toBe(true);
    const naive = await canary.reached(async () => {
      const socket = net.connect({ host: (await answer())[0], port: canary.port });
      await once(socket, 'close');
    });
    expect(naive).toBe(true);
  });

  it('asks no proxy that the environment names', async () => {
    const proxy = `http://127.0.0.1:${canary.port}`;
    const url = `https://elsewhere.example.com:${canary.port}/`;
    const kept = { ...process.env };
    Object.assign(process.env, { HTTPS_PROXY: proxy, https_proxy: proxy, HTTP_PROXY: proxy, NODE_USE_ENV_PROXY: '1' });
    try {
      const direct = strict({ resolve: async () => [PUBLIC_AND_NOWHERE] });
      const ours = await canary.reached(() => direct.post(url, {}, 'x'));
      await direct.close();
      const naive = await canary.reached(() => request(url, { dispatcher: new EnvHttpProxyAgent() }));
      expect({ ours, naive }).toEqual({ ours: false, naive: true });
    } finally {
      for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'NODE_USE_ENV_PROXY']) {
        if (kept[name] === undefined) delete process.env[name];
        else process.env[name] = kept[name];
      }
    }
  });
});

describe('an answer from outside', () => {
  let server: Server;
  let url: string;
  const canary = new Canary();
  let client: OutboundClient;

  beforeAll(async () => {
    await canary.start();
    server = createServer((incoming, answer) => {
      if (incoming.url === '/redirect') {
        answer.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end();
      } else if (incoming.url === '/endless') {
        answer.on('error', () => undefined);
        answer.writeHead(200);
        const write = (): void => {
          while (!answer.destroyed && answer.write(Buffer.alloc(16_384, 'x')));
          if (!answer.destroyed) answer.once('drain', write);
        };
        write();
      } else if (incoming.url === '/headers') {
        answer.writeHead(200, { 'x-long': 'x'.repeat(40_000) }).end();
      } else if (incoming.url === '/busy') {
        answer.writeHead(429, { 'retry-after': '7' }).end('later');
      }
      // Everything else is never answered.
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new OutboundClient({ allowPrivate: true, ports: [], timeouts: { ...timeouts, headersMs: 300 } });
  });

  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await canary.stop();
  });

  it('is taken as it is when it is a redirect', async () => {
    const before = canary.connections;
    expect(await client.post(`${url}/redirect`, {}, 'x')).toMatchObject({ status: 302 });
    expect(canary.connections - before).toBe(0);
    // Seen to fail: a client that follows gets inside.
    expect(await canary.reached(() => fetch(`${url}/redirect`))).toBe(true);
  });

  it('is read to a limit, in body and headers', async () => {
    const endless = await client.post(`${url}/endless`, {}, 'x');
    expect(endless).toMatchObject({ status: 200 });
    expect('excerpt' in endless && endless.excerpt.length).toBe(4_096);
    expect(await client.post(`${url}/headers`, {}, 'x')).toEqual({ failure: 'broken' });
  });

  it('tells when to come back, and is not waited for without end', async () => {
    expect(await client.post(`${url}/busy`, {}, 'x')).toEqual({ status: 429, retryAfter: '7', excerpt: 'later' });
    expect(await client.post(`${url}/never`, {}, 'x')).toEqual({ failure: 'timeout' });
  });

  it('says of a port that nobody listens on that it cannot be reached', async () => {
    const free = net.createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    expect(await client.post(`http://127.0.0.1:${port}/`, {}, 'x')).toEqual({ failure: 'unreachable' });
  });
});
