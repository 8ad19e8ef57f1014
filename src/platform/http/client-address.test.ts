import { expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address.js';

/** An upgrade from an address, with the headers that it brings. */
const upgrade = (remoteAddress: string, headers: Record<string, string>): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

const TUNNEL = ['172.30.255.2', '10.0.0.0/8'];

it.each<[string, string, Record<string, string>, string]>([
  ['no proxy', '203.0.113.7', {}, '203.0.113.7'],
  ['a header of a stranger', '203.0.113.7', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.7'],
  ['the tunnel', '172.30.255.2', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
  ['a forged address before it', '172.30.255.2', { 'x-forwarded-for': '10.1.1.1, 203.0.113.7' }, '203.0.113.7'],
  ['two proxies', '172.30.255.2', { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.2.3.4' }, '203.0.113.7'],
  [
    'headers of Cloudflare from a stranger',
    '203.0.113.7',
    { 'cf-connecting-ip': '198.51.100.1', 'true-client-ip': '198.51.100.1' },
    '203.0.113.7',
  ],
  [
    'headers of Cloudflare that a client sent through the tunnel',
    '172.30.255.2',
    { 'x-forwarded-for': '203.0.113.7', 'cf-connecting-ip': '198.51.100.1' },
    '203.0.113.7',
  ],
  ['an IPv4 address inside of IPv6', '::ffff:172.30.255.2', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
  ['a tunnel that names nobody', '172.30.255.2', {}, '172.30.255.2'],
])('finds the client behind %s', (_what, from, headers, expected) => {
  expect(clientAddress(upgrade(from, headers), TUNNEL)).toBe(expected);
});
