import pg from 'pg';
import type { FaultCode } from '../faults/catalogue.js';
import type { FieldProblem } from '../faults/fault.js';
import { Fault } from '../faults/fault.js';

/** What the violation of a named constraint means to a client. */
export interface ConstraintRule {
  readonly code: FaultCode;
  readonly detail: string;
  /** The sentence of `IN_USE`, where the violated foreign key protects a row that is referred to. */
  readonly whenInUse?: string;
  /** The field it concerns, for `errors[]`. */
  readonly path?: string;
  /** Words the values that a trigger gives as its detail. */
  readonly detailOf?: (values: string) => string;
  /** Reads the detail that such a trigger gives, for `errors[]` and for the end of the sentence. */
  readonly problemsOf?: (detail: string) => readonly FieldProblem[];
}

export type ConstraintTable = Readonly<Record<string, ConstraintRule>>;

const RETRY_SOON = { 'Retry-After': '1' };

interface Meaning {
  readonly code: FaultCode;
  readonly detail: string;
}

const INVALID: Meaning = { code: 'VALIDATION_FAILED', detail: 'A value is outside of what the field accepts.' };
const UNAVAILABLE: Meaning = { code: 'DATABASE_UNAVAILABLE', detail: 'The database cannot be reached at the moment.' };
const COLLISION: Meaning = { code: 'CONFLICT', detail: 'Another change came in between. Please try again.' };

const BY_STATE: Readonly<Record<string, Meaning>> = {
  '28000': { code: 'UNAUTHENTICATED', detail: 'The credential is not valid (any more).' },
  '42501': { code: 'FORBIDDEN', detail: 'Your permissions do not allow this.' },
  '25006': { code: 'FORBIDDEN', detail: 'This way of access can only read.' },
  '23505': { code: 'ALREADY_EXISTS', detail: 'Something with this name or number exists already.' },
  '23P01': { code: 'CONFLICT', detail: 'This overlaps with something that exists already.' },
  '23502': { code: 'VALIDATION_FAILED', detail: 'A required value is missing.' },
  '23514': INVALID,
  '22001': { code: 'VALIDATION_FAILED', detail: 'A text is longer than the field accepts.' },
  '22003': INVALID,
  '22007': INVALID,
  '22008': INVALID,
  '22021': INVALID,
  '22P02': INVALID,
  '22P05': INVALID,
  '40001': COLLISION,
  '40P01': COLLISION,
  '55P03': COLLISION,
  '57014': { code: 'STATEMENT_TIMEOUT', detail: 'The database took too long to answer.' },
  '25P03': { code: 'STATEMENT_TIMEOUT', detail: 'The transaction was idle for too long.' },
  '53100': { code: 'STORAGE_FULL', detail: 'The database has no space left to write.' },
  '53300': UNAVAILABLE,
  '57P01': UNAVAILABLE,
  '57P02': UNAVAILABLE,
  '57P03': UNAVAILABLE,
  '57P05': UNAVAILABLE,
};

const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
// pg has no codes for its own failures. A read timeout is one of them: the server cancels a slow statement before the
// client gives up, so a server that is silent for longer is gone, and the outcome is unknown.
const LOST = /^(Connection terminated|Client (has encountered|was closed)|timeout expired|Query read timeout)/;

/**
 * Turns errors of PostgreSQL and of connections into faults. An unknown error stays as it is and becomes an internal error:
 * it is a bug of the service, not an answer for a client.
 */
export function toFault(error: unknown, constraints: ConstraintTable = {}): unknown {
  if (error instanceof Fault || !looksLikeError(error)) return error;
  if (error instanceof pg.DatabaseError) return fromDatabase(error, constraints);
  const { code } = error as NodeJS.ErrnoException;
  const lost = LOST.test(error.message) || (code !== undefined && NETWORK.test(code));
  return lost ? fault({ ...UNAVAILABLE, cause: error }) : error;
}

/** Under a test runner with its own realm, errors of Node are not instances of Error. */
function looksLikeError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && 'stack' in error;
}

function fromDatabase(error: pg.DatabaseError, constraints: ConstraintTable): unknown {
  const rule = error.constraint ? constraints[error.constraint] : undefined;
  if (rule?.whenInUse !== undefined && isInUse(error)) {
    return fault({ code: 'IN_USE', detail: rule.whenInUse, cause: error });
  }
  if (rule) return fromRule(rule, error);
  const state = error.code ?? '';
  if (state === '23503') return fault({ ...reference(error), cause: error });
  const meaning = state.startsWith('08') ? UNAVAILABLE : BY_STATE[state];
  return meaning ? fault({ ...meaning, cause: error }) : error;
}

function fromRule({ path, code, detailOf, problemsOf, ...rule }: ConstraintRule, cause: pg.DatabaseError): Fault {
  const detail = detailOf && cause.detail !== undefined ? detailOf(cause.detail) : rule.detail;
  if (problemsOf && cause.detail !== undefined) {
    const errors = problemsOf(cause.detail);
    return new Fault(code, `${detail} ${errors.map(({ message }) => message).join('; ')}.`, { cause, errors });
  }
  return new Fault(code, detail, { cause, ...(path ? { errors: [{ path, message: detail, code }] } : {}) });
}

/** Only the message of PostgreSQL distinguishes a missing target from one that is still referenced. */
const isInUse = ({ message }: pg.DatabaseError): boolean => message.startsWith('update or delete');

function reference(error: pg.DatabaseError): Meaning {
  return isInUse(error)
    ? { code: 'IN_USE', detail: 'Something else still refers to this.' }
    : { code: 'VALIDATION_FAILED', detail: 'Something that this refers to does not exist.' };
}

const RETRYABLE: ReadonlySet<FaultCode> = new Set([
  'DATABASE_UNAVAILABLE',
  'STATEMENT_TIMEOUT',
  'POOL_EXHAUSTED',
  'STORAGE_FULL',
]);

function fault(meaning: Meaning & { cause?: Error }): Fault {
  const retry = RETRYABLE.has(meaning.code) || (meaning.code === 'CONFLICT' && meaning.detail === COLLISION.detail);
  return new Fault(meaning.code, meaning.detail, {
    ...(meaning.cause ? { cause: meaning.cause } : {}),
    ...(retry ? { headers: RETRY_SOON } : {}),
  });
}

export function poolExhausted(pool: string): Fault {
  return fault({ code: 'POOL_EXHAUSTED', detail: `All ${pool} connections are busy. Please try again in a moment.` });
}

export function shuttingDown(): Fault {
  return new Fault('SHUTTING_DOWN', undefined, { headers: RETRY_SOON });
}

/** Whether the connection was lost. The statement may have run, so only reads may be repeated. */
export function isConnectionLost(error: unknown): boolean {
  const known = toFault(error);
  return known instanceof Fault && known.code === 'DATABASE_UNAVAILABLE';
}

/** After an ordinary SQL error the connection can be used again; after anything else it is closed. */
export function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}

// The server does not know the statement, its result type has changed, or its name is taken.
const STALE = new Set(['26000', '0A000', '42P05']);

/** Whether the statement has to be prepared again. PostgreSQL reports this before it runs anything. */
export function isStaleStatement(error: unknown): boolean {
  return error instanceof pg.DatabaseError && STALE.has(error.code ?? '');
}
