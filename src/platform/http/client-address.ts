import ipaddr from 'ipaddr.js';
import type { IncomingMessage } from 'node:http';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function read(text: string): Address | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function isWithin(address: Address, network: string): boolean {
  if (!network.includes('/')) return read(network)?.toString() === address.toString();
  const [range, bits] = ipaddr.parseCIDR(network);
  return range.kind() === address.kind() && address.match(range, bits);
}

/**
 * The address of a client: the nearest one that is not a trusted proxy, as Fastify determines it for requests. Upgrades do
 * not pass Fastify.
 */
export function clientAddress(request: IncomingMessage, trusted: readonly string[]): string | null {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const hops = [request.socket.remoteAddress ?? '', ...forwarded.reverse().map((hop) => hop.trim())];
  let last: string | null = null;
  for (const hop of hops) {
    const address = read(hop);
    if (!address) return last;
    last = address.toString();
    if (!trusted.some((network) => isWithin(address, network))) return last;
  }
  return last;
}

/**
 * The scheme that a trusted proxy says its client used, or null. Proxies append to the header, so the last word is that of the
 * nearest one.
 */
export function forwardedScheme(request: IncomingMessage, trusted: readonly string[]): 'http' | 'https' | null {
  const said = request.headers['x-forwarded-proto'];
  const proxy = read(request.socket.remoteAddress ?? '');
  if (said === undefined || !proxy || !trusted.some((network) => isWithin(proxy, network))) return null;
  const last = String(said).split(',').at(-1)?.trim().toLowerCase();
  if (last === 'https' || last === 'wss') return 'https';
  return last === 'http' || last === 'ws' ? 'http' : null;
}
