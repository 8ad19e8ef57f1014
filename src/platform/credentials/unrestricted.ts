import type { Session } from '../auth/session.js';
import { Fault } from '../faults/fault.js';

/**
 * A narrowed credential may not create, change or end credentials, because it could give itself more permissions.
 * @throws Fault FORBIDDEN
 */
export function requireUnrestrictedCredential(session: Session, todo = 'manage credentials'): void {
  if (session.scopes !== null) throw new Fault('FORBIDDEN', `A credential with scopes cannot ${todo}.`);
}
