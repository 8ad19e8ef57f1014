import ipaddr from 'ipaddr.js';

/**
 * The host agent of Azure answers its machines under this public address. The metadata addresses of other clouds are
 * link-local, unique local or shared (CGNAT) and refused as such.
 */
const HOST_AGENTS = new Set(['168.63.129.16']);

const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const GLOBAL_UNICAST_BITS = 3;

/**
 * Whether an address is public. Loopback, private, link-local, unique local, shared, multicast and reserved addresses are
 * not, and neither are IPv6 forms of IPv4 addresses (mapped, translated, 6to4, Teredo), which may lead to any of those.
 */
export function isPublicAddress(address: string): boolean {
  // A zone refers to an interface of this machine.
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv4') return !HOST_AGENTS.has(parsed.toString());
  return (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS);
}
