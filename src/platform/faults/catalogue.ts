/** A kind of failure, the same on every surface. */
interface FaultKind {
  /** HTTP status (RFC 9110). */
  readonly status: number;
  /** Short and the same for every occurrence (RFC 9457 `title`). */
  readonly title: string;
  /** What the caller can do about it; part of docs/generated/errors.md. */
  readonly meaning: string;
}

/**
 * Every failure that can reach a client. Codes are stable, because clients branch on them. They are called faults because
 * `errors` is a module of the domain.
 */
export const faultCatalogue = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'One or more fields, parameters or headers are wrong; `errors` names every one of them.',
  },
  MALFORMED_BODY: {
    status: 400,
    title: 'The body cannot be read',
    meaning: 'The body is not the JSON or XML it claims to be, or holds something that this service refuses.',
  },
  QUERY_TOO_COMPLEX: {
    status: 400,
    title: 'The GraphQL document asks for too much',
    meaning:
      'It has more levels, aliases, tokens, directives or rows than one request may have. Ask in several requests.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    // Clients of automatic persisted queries look for this code.
    title: 'PersistedQueryNotFound',
    meaning: 'The service does not know the document of this hash (any more). Send the document along once.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    title: 'This document is not one of the trusted ones',
    meaning: 'The service runs only the GraphQL documents that were registered with it.',
  },
  CREDENTIAL_IN_URL: {
    status: 400,
    title: 'Credentials do not belong in a URL',
    meaning: 'URLs are logged by every proxy on the way. Send `X-API-Key` or `Authorization: Bearer` instead.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid credential is needed',
    meaning: 'No credential was sent, or it is wrong, expired or revoked.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    title: 'E-mail or password is wrong',
    meaning: 'The answer is the same whether the account exists or not.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Not allowed',
    meaning: 'The credential is known, but its role, scopes or place in the team do not allow this.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    meaning: 'It does not exist, or it is not visible to this credential: the two look the same.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path exists, but not with this method; `Allow` lists those that do.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'Not acceptable',
    meaning: 'The answer exists only as JSON.',
  },
  CONFLICT: {
    status: 409,
    title: 'Conflict',
    meaning: 'The state of the resource, or a concurrent change, forbids this. Read again and decide.',
  },
  ALREADY_EXISTS: {
    status: 409,
    title: 'Already exists',
    meaning: 'Another one has the same unique key.',
  },
  IN_USE: {
    status: 409,
    title: 'Still in use',
    meaning: 'Something else refers to it; remove that first.',
  },
  DEPENDENCY_CYCLE: {
    status: 409,
    title: 'The dependency would close a cycle',
    meaning: 'A task cannot wait for itself, directly or through others.',
  },
  LEASE_LOST: {
    status: 409,
    title: 'The lease is not live',
    meaning:
      'The fence is that of a lease which has expired, ended or been taken over, so nothing was written. Claim the task again.',
  },
  AMBIGUOUS_PROJECT: {
    status: 409,
    title: 'More than one project has this key',
    meaning: 'Keys are unique within a team. Name the project by its id, or add `teamId`.',
  },
  ILLEGAL_TRANSITION: {
    status: 409,
    title: 'The status does not lead there',
    meaning: 'A validation that has ended stays as it is; `POST /validations/{id}/retry` starts another attempt.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The Idempotency-Key was used for another request',
    meaning: 'A key stands for one request. Use a new key for a new request.',
  },
  CURSOR_EXPIRED: {
    status: 410,
    title: 'The cursor is too old',
    meaning:
      'Events after it are no longer kept, or the database was set back to before it. Read what you need afresh, and follow `GET /changes` from now on.',
  },
  VERSION_MISMATCH: {
    status: 412,
    title: 'The resource has changed',
    meaning: '`If-Match` names an older version; `ETag` of this answer names the current one. Read again and retry.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The limit is 1 MiB, 64 MiB for imports.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    meaning:
      'Send `application/json` (a PATCH may also be `application/merge-patch+json`, an import what its operation names).',
  },
  RULE_VIOLATED: {
    status: 422,
    title: 'A rule of the domain forbids this',
    meaning: 'The request is well formed, but what it asks for cannot be; `detail` says which rule.',
  },
  VALIDATION_GATE_FAILED: {
    status: 422,
    title: 'The validation gate is not passed',
    meaning:
      'The project says which validations a task needs before it is completed; `errors` says what is missing, `GET /tasks/{id}/gate` shows all of it.',
  },
  ACCOUNT_LOCKED: {
    status: 423,
    title: 'The account is locked',
    meaning: 'Too many wrong passwords. `Retry-After` says when the next try counts.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    meaning: '`Retry-After` says when to try again.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The body did not arrive within the deadline.',
  },
  URI_TOO_LONG: {
    status: 414,
    title: 'The URL is too long',
    meaning: 'Shorten the query.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The limit is 16 KiB.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    meaning: 'A fault of the service. Quote `requestId` when you report it.',
  },
  POOL_EXHAUSTED: {
    status: 503,
    title: 'No database connection is free',
    meaning: 'The service is at its limit. `Retry-After` says when to try again.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    title: 'Too many connections are open',
    meaning: 'This instance holds as many WebSockets as it may. `Retry-After` says when to try again.',
  },
  STATEMENT_TIMEOUT: {
    status: 503,
    title: 'The database took too long',
    meaning: 'The statement was stopped and changed nothing. Narrow the request or try again.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    meaning: 'If this was a write without Idempotency-Key, its outcome is unknown: read before you repeat it.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'This instance is shutting down',
    meaning: 'Send the request again: another instance will take it.',
  },
} as const satisfies Record<string, FaultKind>;

/** A stable code that clients branch on. */
export type FaultCode = keyof typeof faultCatalogue;
