import ipaddr from 'ipaddr.js';

/**
 * Public by its network, and yet inside: the host agent of Azure answers every machine there under this address. The
 * metadata addresses of the other clouds are link-local, unique local or shared (CGNAT) and refused as such.
 */
const HOST_AGENTS = new Set(['168.63.129.16']);

const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const GLOBAL_UNICAST_BITS = 3;

/**
 * Whether an address is one of the public Internet. Everything else is refused by name of nothing: loopback, private,
 * link-local, unique local, shared, multicast, reserved, and each way to write an IPv4 address as an IPv6 one (mapped,
 * translated, 6to4, Teredo), because what stands behind those is not looked at by the routers on the way.
 */
export function isPublicAddress(address: string): boolean {
  // A zone names an interface of this machine.
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv4') return !HOST_AGENTS.has(parsed.toString());
  return (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS);
}
