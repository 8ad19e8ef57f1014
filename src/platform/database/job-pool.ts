import pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/**
 * The connections of the job library, which requires a pool of pg. They run as tm_background with a reason from the startup
 * packet on, so that row-level security admits them to the jobs. One connection listens; the others take and finish jobs.
 */
export function openJobPool(login: DatabaseLogin, connections: number, onLost: (error: Error) => void): pg.Pool {
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
    max: connections,
  });
  pool.on('error', onLost);
  // While a connection is checked out, pg-pool does not report its errors.
  pool.on('connect', (client) => client.on('error', onLost));
  return pool;
}
