import type { RequestInfo } from '../../platform/auth/session.js';
import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { LOCK_SECONDS, FAILED_LOGINS_MAX } from './identity.rules.js';

/** The columns of an account that a password check needs. */
export interface Account {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly isActive: boolean;
  /** Seconds until the next attempt is checked; 0 if it is checked now. */
  readonly lockedFor: number;
}

export function findLogin(email: string): Statement<Account> {
  return statement(
    'identity.find_login',
    `select
  user_id as "userId",
  password_hash as "passwordHash",
  is_active as "isActive",
  greatest(0, ceil(extract(epoch from locked_until - now())))::int as "lockedFor"
from app.find_login($1)`,
    [email],
  );
}

export function recordFailedLogin(userId: string): Statement {
  return statement(
    'identity.record_failed_login',
    'select app.record_failed_login($1, $2, make_interval(secs => $3)) as "lockedUntil"',
    [userId, FAILED_LOGINS_MAX, LOCK_SECONDS],
  );
}

/** A login session lasts 30 days, no matter how often its tokens are rotated. */
export function startSession(
  userId: string,
  refreshHash: Buffer,
  request: Pick<RequestInfo, 'ip' | 'userAgent'>,
): Statement<{ id: string }> {
  return statement(
    'identity.start_session',
    `select app.start_session($1, $2, interval '30 days', $3::inet, $4, null) as id`,
    [userId, refreshHash, request.ip, request.userAgent],
  );
}

export function rotateSession(
  refreshHash: Buffer,
  nextHash: Buffer,
): Statement<{ sessionId: string; userId: string; reused: boolean }> {
  return statement(
    'identity.rotate_session',
    'select session_id as "sessionId", user_id as "userId", reused\nfrom app.rotate_session($1, $2)',
    [refreshHash, nextHash],
  );
}

export function endSession(refreshHash: Buffer): Statement {
  return statement('identity.end_session', 'select app.end_session($1)', [refreshHash]);
}
