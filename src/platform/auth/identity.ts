import type { Access } from './permission.js';

/** What an ingest key may do: report errors and validations of one project, within its own limit. */
export interface IngestGrant {
  readonly teamId: string;
  readonly projectKey: string;
  /** Pages that may use the key; an empty list means everybody. */
  readonly allowedOrigins: readonly string[];
  /** Null: the limit of the configuration. */
  readonly requestsPerMinute: number | null;
}

/** The owner of a credential. It may be cached, because PostgreSQL checks the credential with every statement. */
export interface Identity {
  readonly userId: string;
  readonly credentialId: string;
  readonly scopes: readonly string[] | null;
  readonly role: string;
  /** The permissions of the role, narrowed by the scopes. */
  readonly permissions: readonly string[];
  readonly isAdmin: boolean;
  /** Milliseconds since the epoch; null for a credential that does not expire. */
  readonly expiresAt: number | null;
  /** The only audience of an access token of OAuth; null for other credentials. */
  readonly resource: string | null;
  /** Whether browsers send the credential unasked, so that a page of another site can use it. */
  readonly isAmbient: boolean;
  /** Networks that the credential may be used from; null: all. */
  readonly allowedNetworks: readonly string[] | null;
  /** The person whose limits it counts against: the owner of a service account, else the user. */
  readonly limitedAs: string;
  /** Null for the credentials of users. An ingest key acts as no user: its own id stands for one. */
  readonly ingest: IngestGrant | null;
}

/** Whether the permissions include one. */
export function allows(permissions: readonly string[], permission: string): boolean {
  return permissions.includes('*') || permissions.includes(permission);
}

/** Whether the permissions of a signed-in caller satisfy a declaration. */
export function mayAccess(access: Access, permissions: readonly string[]): boolean {
  return access.kind !== 'permission' || access.permissions.some((one) => allows(permissions, one));
}
