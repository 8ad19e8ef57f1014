import pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';

/** One listens, the others take and finish jobs. */
const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/**
 * The connections of the job library, which wants a pool of the driver's own kind. They continue as tm_background with a
 * reason from their first statement on, so row-level security lets them at jobs and what background work may see.
 */
export function openJobPool(login: DatabaseLogin, onLost: (error: Error) => void): pg.Pool {
  const config = clientConfig(
    login,
    {
      role: 'tm_background',
      readOnly: false,
      statementTimeoutMs: STATEMENT_MS,
      lockTimeoutMs: STATEMENT_MS,
      idleInTransactionMs: STATEMENT_MS,
      applicationName: 'taskmaster jobs',
    },
    CONNECT_MS,
  );
  const pool = new pg.Pool({
    ...config,
    options: `${config.options ?? ''} -c app.system_reason=jobs`,
    max: CONNECTIONS,
  });
  pool.on('error', onLost);
  // A connection that is checked out tells nobody but itself.
  pool.on('connect', (client) => client.on('error', onLost));
  return pool;
}
