import { Fault } from '../faults/fault.js';

/** @throws Fault CREDENTIAL_IN_URL when the query string has a credential, because every proxy on the way would log it */
export function refuseCredentialInUrl(url: string): void {
  if (/[?&](api_?key|access_token|token|jwt)=/i.test(url)) throw new Fault('CREDENTIAL_IN_URL');
}
