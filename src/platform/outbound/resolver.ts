import { Resolver } from 'node:dns/promises';

/** Resolves all addresses of a name, IPv4 first. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Queries the name servers directly. `dns.lookup` would use the hosts file and search domains of this machine, and a silent
 * name server would block the thread pool that files and password hashes need.
 */
export const resolveByDns: Resolve = async (host) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  throw new Error(`no address for ${host}`);
};
