/** What the audit trail and the logs keep about the request that acts. */
export interface RequestInfo {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** The Idempotency-Key of a request: its effect happens once, its answer is kept for repetitions. */
export interface Idempotency {
  readonly key: string;
  /** Hash of method, URL and body: a key stands for one request. */
  readonly fingerprint: string;
  readonly requestId: string;
  /** ISO 8601; repeated in `meta` of a replayed answer, so that it is equal to the byte. */
  readonly timestamp: string;
  /** Called instead of a second effect, with `meta` of the first answer. */
  readonly onReplay: (first: { readonly requestId: string; readonly timestamp: string }) => void;
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
  readonly idempotency: Idempotency | null;
  /** The WAL position (LSN) this reader must at least see. */
  readonly readAfter: string | null;
  /** Told the WAL position of the commit, where replicas make it matter; the client may ask with it elsewhere. */
  readonly onWritten?: (lsn: string) => void;
  /** Aborted when nobody waits for the answer any more: running statements are cancelled. */
  readonly signal?: AbortSignal;
}
