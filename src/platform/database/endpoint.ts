import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import type { PoolRole } from './scope.js';

export interface SessionSettings {
  readonly role: PoolRole;
  readonly readOnly: boolean;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionMs: number;
  readonly applicationName: string;
  /** Plan each prepared statement once instead of comparing plans: see the multiplexer. */
  readonly planOnce?: boolean;
}

const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * Everything that makes a session what it is travels in the startup packet, so there is no moment in which a
 * connection runs as the login or without its limits, and nothing to restore when it is handed on.
 */
export function clientConfig(
  login: DatabaseLogin,
  session: SessionSettings,
  connectTimeoutMs: number,
): pg.ClientConfig {
  return {
    ...loginConfig(login),
    application_name: session.applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    options: startupOptions(session),
  };
}

export function loginConfig(login: DatabaseLogin): pg.ClientConfig {
  return {
    host: login.host,
    port: login.port,
    database: login.name,
    user: login.user,
    ...(login.password === undefined ? {} : { password: login.password }),
    ssl: tlsOf(login.ssl),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  };
}

function tlsOf(ssl: DatabaseLogin['ssl']): false | ConnectionOptions {
  if (!ssl) return false;
  return {
    rejectUnauthorized: ssl.rejectUnauthorized,
    ...(ssl.ca === undefined ? {} : { ca: ssl.ca }),
    ...(ssl.checkHost ? {} : { checkServerIdentity: () => undefined }),
  };
}

function startupOptions(session: SessionSettings): string {
  const settings = {
    role: session.role,
    default_transaction_read_only: session.readOnly ? 'on' : 'off',
    // One snapshot for all statements of a read, so a page and its total agree.
    default_transaction_isolation: session.readOnly ? 'repeatable\\ read' : 'read\\ committed',
    statement_timeout: String(session.statementTimeoutMs),
    lock_timeout: String(session.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(session.idleInTransactionMs),
    // A client that is gone (killed, or cut off by its own deadline) must not leave its statement running.
    client_connection_check_interval: '1000',
    timezone: 'UTC',
    // A page is a walk along an index to its first rows. A tenant much larger than the average looks small to the planner,
    // which would then read all of it and sort (110,000 rows: 560 ms instead of 40).
    ...(session.role === 'tm_app_ro' ? { enable_bitmapscan: 'off' } : {}),
    ...(session.planOnce ? { plan_cache_mode: 'force_generic_plan' } : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
