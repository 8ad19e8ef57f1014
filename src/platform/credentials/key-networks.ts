import type { Identity } from '../auth/identity.js';
import { isWithinNetworks } from '../auth/networks.js';
import { Fault } from '../faults/fault.js';

/** @throws Fault FORBIDDEN for a key outside of its networks */
export function refuseForeignNetwork({ allowedNetworks }: Identity, address: string | null): void {
  if (allowedNetworks === null || isWithinNetworks(address, allowedNetworks)) return;
  throw new Fault('FORBIDDEN', 'The API key may not be used from this address.');
}
