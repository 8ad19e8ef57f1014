/** One kind of failure, the same on every surface. */
interface FaultKind {
  /** HTTP status (RFC 9110). */
  readonly status: number;
  /** Short, and the same for every occurrence (RFC 9457 `title`). */
  readonly title: string;
  /** What the caller can do about it; part of docs/generated/errors.md. */
  readonly meaning: string;
}

/**
 * Every failure that can reach a client. Codes are stable, because clients branch on them. The name is faults, because
 * `errors` is a module of the product.
 */
export const faultCatalogue = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request is not valid',
    meaning: 'One or more fields, parameters or headers are wrong. `errors` lists all of them.',
  },
  MALFORMED_BODY: {
    status: 400,
    title: 'The body cannot be read',
    meaning: 'The body is not valid JSON or XML, or contains something that this service refuses.',
  },
  QUERY_TOO_COMPLEX: {
    status: 400,
    title: 'The GraphQL document asks for too much',
    meaning:
      'The document exceeds the limit of depth, aliases, tokens, directives or rows. Split it into several requests.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    // Clients of automatic persisted queries look for this code.
    title: 'PersistedQueryNotFound',
    meaning:
      'The service does not have the document of this hash, or no longer has it. Send the document with its hash once.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    title: 'The document is not trusted',
    meaning: 'The service only runs GraphQL documents that were registered with it.',
  },
  CREDENTIAL_IN_URL: {
    status: 400,
    title: 'Credentials do not belong in a URL',
    meaning: 'URLs are logged by every proxy on the way. Send `X-API-Key` or `Authorization: Bearer` instead.',
  },
  HTTPS_REQUIRED: {
    status: 426,
    title: 'HTTPS is required',
    meaning:
      'The request reached the proxy in front of the service without encryption, so everybody on the way could read it. Use ' +
      '`https://`, and replace the credential that was sent.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid credential is required',
    meaning: 'The request has no credential, or the credential is wrong, expired or revoked.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    title: 'E-mail or password is wrong',
    meaning: 'E-mail or password is wrong. The answer is the same whether or not the account exists.',
  },
  SECOND_FACTOR_REQUIRED: {
    status: 401,
    title: 'A code of the second factor is required',
    meaning:
      'E-mail and password are right. Send them again with the `code` of the authenticator app, or a recovery code.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Not allowed',
    meaning:
      'The credential is valid, but the role of its user, the role in the team or its own scopes do not allow this.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'Not found',
    meaning: 'The resource does not exist, or this credential may not see it. The answer is the same in both cases.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path exists, but does not support this method. `Allow` lists the methods that it supports.',
  },
  CONFLICT: {
    status: 409,
    title: 'Conflict',
    meaning: 'The state of the resource or a concurrent change forbids this. Read the resource again, then decide.',
  },
  ALREADY_EXISTS: {
    status: 409,
    title: 'Already exists',
    meaning: 'Another resource has the same unique key.',
  },
  IN_USE: {
    status: 409,
    title: 'Still in use',
    meaning: 'Another resource refers to this one. Remove the reference first.',
  },
  DEPENDENCY_CYCLE: {
    status: 409,
    title: 'The dependency would form a cycle',
    meaning: 'A task cannot depend on itself, directly or through other tasks.',
  },
  LEASE_LOST: {
    status: 409,
    title: 'The lease is no longer valid',
    meaning:
      'The lease of this fence has expired, was released or was taken over. Nothing was written. Claim the task again.',
  },
  AMBIGUOUS_PROJECT: {
    status: 409,
    title: 'More than one project has this key',
    meaning: 'A project key is unique within its team only. Use the id of the project, or add `teamId`.',
  },
  ILLEGAL_TRANSITION: {
    status: 409,
    title: 'The status cannot change this way',
    meaning: 'A validation that has ended cannot change. `POST /validations/{id}/retry` starts another attempt.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The Idempotency-Key was used for another request',
    meaning: 'A key identifies one request. Use a new key for each new request.',
  },
  CURSOR_EXPIRED: {
    status: 410,
    title: 'The cursor is too old',
    meaning:
      'The events after this cursor were deleted, or the database was restored to an earlier state. Read the current state again, then follow `GET /changes` without a cursor.',
  },
  VERSION_MISMATCH: {
    status: 412,
    title: 'The resource has changed',
    meaning:
      '`If-Match` names an older version. `ETag` of this answer names the current one. Read the resource again and retry.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The limit is 1 MiB, 64 MiB for imports, and 16 KiB where no credential is needed.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    meaning:
      'Send `application/json`. A PATCH may also send `application/merge-patch+json`; an import accepts the media types that its operation lists.',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'Expectation failed',
    meaning: 'The service only understands the expectation `100-continue`.',
  },
  RULE_VIOLATED: {
    status: 422,
    title: 'A domain rule forbids this',
    meaning: 'The request is well formed, but it breaks a rule. `detail` says which rule.',
  },
  VALIDATION_GATE_FAILED: {
    status: 422,
    title: 'The validation gate has not passed',
    meaning:
      'The project requires validations before a task can be completed. `errors` lists what is missing; `GET /tasks/{id}/gate` lists every condition.',
  },
  ACCOUNT_LOCKED: {
    status: 423,
    title: 'The account is locked',
    meaning: 'There were too many attempts with a wrong password. `Retry-After` says when to try again.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    meaning: 'The credential or address has used up its limit. `Retry-After` says when to try again.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The body did not arrive within the deadline.',
  },
  URI_TOO_LONG: {
    status: 414,
    title: 'The URL is too long',
    meaning: 'Shorten the query string.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The limit is 16 KiB.',
  },
  INTERNAL: {
    status: 500,
    title: 'Internal error',
    meaning: 'The service failed. Include `requestId` when you report it.',
  },
  POOL_EXHAUSTED: {
    status: 503,
    title: 'No database connection is free',
    meaning: 'All database connections are in use. `Retry-After` says when to try again.',
  },
  OVERLOADED: {
    status: 503,
    title: 'Too many request bodies are in memory',
    meaning:
      'The bodies of all requests together, or those of one user, have reached the limit of this instance. Nothing was read or written. `Retry-After` says when to try again.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    title: 'Too many connections are open',
    meaning: 'This instance has reached its limit of WebSocket connections. `Retry-After` says when to try again.',
  },
  STORAGE_FULL: {
    status: 503,
    title: 'The disk of the database is full',
    meaning:
      'Nothing was written. Reads still work. An operator has to free space; `Retry-After` says when to try again.',
  },
  STATEMENT_TIMEOUT: {
    status: 503,
    title: 'The database took too long',
    meaning: 'The statement was cancelled and changed nothing. Narrow the request or try again.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    meaning:
      'The outcome of a write without Idempotency-Key is unknown. Read the resource before you repeat the write.',
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    status: 503,
    title: 'The identity provider cannot be reached',
    meaning:
      'The token comes from another issuer, whose keys cannot be read at the moment. Send the request again, or use ' +
      'another credential.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'This instance is shutting down',
    meaning: 'Send the request again. Another instance will answer it.',
  },
} as const satisfies Record<string, FaultKind>;

/** A stable code that clients branch on. */
export type FaultCode = keyof typeof faultCatalogue;
