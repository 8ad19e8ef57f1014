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
  /** Use the generic plan of a prepared statement from the start (see the multiplexer). */
  readonly planOnce?: boolean;
}

const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * Role and limits are set in the startup packet. A connection therefore never runs as the login or without its limits, and
 * has no state to restore between callers.
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
    // All statements of a read share one snapshot, so that a page and its total agree.
    default_transaction_isolation: session.readOnly ? 'repeatable\\ read' : 'read\\ committed',
    statement_timeout: String(session.statementTimeoutMs),
    lock_timeout: String(session.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(session.idleInTransactionMs),
    // The server stops a statement whose client is gone.
    client_connection_check_interval: '1000',
    timezone: 'UTC',
    // The texts of moments are rewritten for JSON (row-json.ts).
    datestyle: 'ISO',
    // A page is an index scan that stops after its first rows. The planner takes a large tenant for an average one, and
    // would read and sort all of it (110,000 rows: 560 ms instead of 40).
    ...(session.role === 'tm_app_ro' ? { enable_bitmapscan: 'off' } : {}),
    ...(session.planOnce ? { plan_cache_mode: 'force_generic_plan' } : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
