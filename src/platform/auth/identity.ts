import type { Access } from './permission.js';

/** Who a credential belongs to: what may be cached, because PostgreSQL checks the credential with every statement. */
export interface Identity {
  readonly userId: string;
  readonly credentialId: string;
  readonly scopes: readonly string[] | null;
  readonly role: string;
  /** Role permissions narrowed by the scopes. */
  readonly permissions: readonly string[];
  readonly isAdmin: boolean;
  /** Milliseconds since the epoch after which the credential is not accepted; null without an end. */
  readonly expiresAt: number | null;
}

/** Whether permissions hold one, or everything. */
export function allows(permissions: readonly string[], permission: string): boolean {
  return permissions.includes('*') || permissions.includes(permission);
}

/** Whether permissions meet what is declared; a signed-in caller meets everything that names none. */
export function mayAccess(access: Access, permissions: readonly string[]): boolean {
  return access.kind !== 'permission' || access.permissions.some((one) => allows(permissions, one));
}
