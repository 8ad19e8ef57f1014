/** What the audit trail and the logs record about a request. */
export interface RequestInfo {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** The Idempotency-Key of a request, whose effect happens once and whose answer is stored for repetitions. */
export interface Idempotency {
  readonly key: string;
  /** Hash of method, URL and body, because a key stands for one request. */
  readonly fingerprint: string;
  readonly requestId: string;
  /** ISO 8601; part of a replayed answer, so that it is byte for byte the same. */
  readonly timestamp: string;
  /** Called when the stored answer is replayed, with its `meta`. */
  readonly onReplay: (first: { readonly requestId: string; readonly timestamp: string }) => void;
}

/** Who acts, through which credential and under which conditions. The first argument of every use case. */
export interface Session {
  readonly userId: string;
  /** api_keys.id or sessions.id. PostgreSQL checks with every statement that it is still valid. */
  readonly credentialId: string;
  /** The scopes of the credential; null when it has all rights of its owner. */
  readonly scopes: readonly string[] | null;
  readonly role: string;
  /** A copy for better messages; PostgreSQL decides. */
  readonly permissions: readonly string[];
  readonly isAdmin: boolean;
  readonly request: RequestInfo;
  /** Runs everything, including constraints, and rolls it back. */
  readonly dryRun: boolean;
  readonly idempotency: Idempotency | null;
  /** The WAL position (LSN) that a replica must have replayed for this reader. */
  readonly readAfter: string | null;
  /** Called with the WAL position of the commit where there are replicas; it becomes the Consistency-Token. */
  readonly onWritten?: (lsn: string) => void;
  /** Cancels running statements when it aborts, because nobody waits for the answer. */
  readonly signal?: AbortSignal;
}
