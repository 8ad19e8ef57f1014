import ipaddr from 'ipaddr.js';

/** Whether a text is a network in CIDR notation. */
export function isNetwork(text: unknown): boolean {
  return typeof text === 'string' && text.length <= 50 && ipaddr.isValidCIDR(text);
}

/** Whether an address is in one of the networks. An IPv4 address that is written as IPv6 counts as itself. */
export function isWithinNetworks(address: string | null, networks: readonly string[]): boolean {
  if (address === null || !ipaddr.isValid(address)) return false;
  const own = ipaddr.process(address);
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === own.kind() && own.match(range, bits);
  });
}
