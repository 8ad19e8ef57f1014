import type { RequestInfo } from '../../platform/auth/session.js';
import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { LOCK_SECONDS, FAILED_LOGINS_MAX } from './identity.rules.js';

/** What a password check needs. */
interface FoundLogin extends Omit<Account, 'userId'> {
  /** Null: the address has no account. */
  readonly userId: string | null;
  /** Whether any account has an imported hash. */
  readonly hasImported: boolean;
}

/** The columns of an account that a password check needs. */
export interface Account {
  readonly userId: string;
  readonly passwordHash: string | null;
  readonly isActive: boolean;
  /** Seconds until the next attempt is checked; 0 if it is checked now. */
  readonly lockedFor: number;
}

/** Always one row. */
export function findLogin(email: string): Statement<FoundLogin> {
  return statement(
    'identity.find_login',
    `select
  user_id as "userId",
  password_hash as "passwordHash",
  is_active as "isActive",
  greatest(0, ceil(extract(epoch from locked_until - now())))::int as "lockedFor",
  imported as "hasImported"
from app.has_imported_passwords() imported
left join app.find_login($1) on true`,
    [email],
  );
}

export function replaceImportedPassword(userId: string, imported: string, hash: string): Statement {
  return statement('identity.replace_imported_password', 'select app.replace_imported_password($1, $2, $3)', [
    userId,
    imported,
    hash,
  ]);
}

export function recordFailedLogin(userId: string): Statement {
  return statement(
    'identity.record_failed_login',
    'select app.record_failed_login($1, $2, make_interval(secs => $3)) as "lockedUntil"',
    [userId, FAILED_LOGINS_MAX, LOCK_SECONDS],
  );
}

/** Its first refresh token lasts seven days; app.exchange_refresh_token has the rule for the next ones. */
export function startSession(
  userId: string,
  refreshHash: Buffer,
  request: Pick<RequestInfo, 'ip' | 'userAgent'>,
): Statement<{ id: string }> {
  return statement(
    'identity.start_session',
    `select app.start_session($1, $2, interval '7 days', $3::inet, $4, null) as id`,
    [userId, refreshHash, request.ip, request.userAgent],
  );
}

export function startBrowserSession(
  userId: string,
  tokenHash: Buffer,
  request: Pick<RequestInfo, 'ip' | 'userAgent'>,
): Statement {
  return statement('identity.start_browser_session', 'select app.start_browser_session($1, $2, $3::inet, $4)', [
    userId,
    tokenHash,
    request.ip,
    request.userAgent,
  ]);
}

export function endBrowserSession(tokenHash: Buffer): Statement {
  return statement('identity.end_browser_session', 'select app.end_browser_session($1)', [tokenHash]);
}

/** No row: the token is not valid any more. An earlier token of a session ends it. */
export function exchangeRefreshToken(
  refreshHash: Buffer,
  familyHash: Buffer,
  nextHash: Buffer,
): Statement<{ sessionId: string; userId: string }> {
  return statement(
    'identity.exchange_refresh_token',
    'select session_id as "sessionId", user_id as "userId"\nfrom app.exchange_refresh_token($1, $2, $3)',
    [refreshHash, familyHash, nextHash],
  );
}

export function endSession(refreshHash: Buffer): Statement {
  return statement('identity.end_session', 'select app.end_session($1)', [refreshHash]);
}
