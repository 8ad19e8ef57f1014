/** What the audit trail and the logs keep about the request that acts. */
export interface RequestInfo {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Who acts, and through which credential. The first argument of every use case. */
export interface Session {
  readonly userId: string;
  /** api_keys.id or sessions.id: PostgreSQL checks with every statement that it is still alive. */
  readonly credentialId: string;
  /** What the credential narrows its owner to; null when it does not narrow. */
  readonly scopes: readonly string[] | null;
  readonly role: string;
  /** A copy for better messages only; PostgreSQL decides. */
  readonly permissions: readonly string[];
  readonly isAdmin: boolean;
  readonly request: RequestInfo;
  /** Everything happens, constraints included, and nothing is kept. */
  readonly dryRun: boolean;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
  /** The WAL position (LSN) this reader must at least see. */
  readonly readAfter: string | null;
}
