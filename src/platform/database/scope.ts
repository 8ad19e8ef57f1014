import type { Session } from '../auth/session.js';
import type { Step } from './single-round-trip.js';

/** The roles that connections of the pools run as; the login itself has no rights. */
export type PoolRole = 'tm_app_rw' | 'tm_app_ro' | 'tm_analytics' | 'tm_background';

// Transaction-local (`true`): a session setting would apply to the next request on the connection.
const OPEN_SESSION = `select set_config('role', app.open_session($1::uuid, $2::uuid, $3::text, $4::jsonb, $5::text), true)`;
const OPEN_SYSTEM = `select set_config('app.system_reason', $1::text, true)`;

/** The scope of a session, which PostgreSQL checks and applies in the round trip of the statement. */
export function sessionScope(session: Session, role: PoolRole): Step {
  const scopes = session.scopes ? session.scopes.join(' ') : null;
  const values = [session.userId, session.credentialId, scopes, JSON.stringify(session.request), role];
  return { name: 'tm_open_session', text: OPEN_SESSION, values, silent: true };
}

/**
 * PostgreSQL plans a statement under row-level security for one role. When administrators and members alternate on a
 * connection, it would plan a shared statement again each time, which doubles the work of a point read. Statements of
 * administrators therefore have names of their own.
 */
export function preparedFor(session: Session, statement: Step): Step {
  return session.isAdmin && statement.name !== '' ? { ...statement, name: `${statement.name}!` } : statement;
}

/** The scope of work that no user asked for. The audit trail records the reason. */
export function systemScope(reason: string): Step {
  return { name: 'tm_open_system', text: OPEN_SYSTEM, values: [reason], silent: true };
}

export const BEGIN = step('tm_begin', 'begin');
export const COMMIT = step('tm_commit', 'commit');
export const ROLLBACK = step('tm_rollback', 'rollback');
export const CHECK_CONSTRAINTS = step('tm_check_constraints', 'set constraints all immediate');

function step(name: string, text: string): Step {
  return { name, text, values: [], silent: true };
}
