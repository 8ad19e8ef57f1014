import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Database } from '../database/database.js';
import type { PoolSnapshot } from '../database/pool-stats.js';

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

type Read = (pool: PoolSnapshot) => number;

const SUCCESSFUL = 'Round trips to PostgreSQL that succeeded, by pool.';
const FAILED = 'Round trips to PostgreSQL that failed, by pool.';

/**
 * Dashboards know `…_successful` and `…_failed`, although counters should end in `_total`; each has a twin that does.
 */
const COUNTERS: readonly (readonly [string, string, Read])[] = [
  ['taskmaster_db_queries_total', 'Round trips to PostgreSQL since the start, by pool.', (pool) => pool.total],
  ['taskmaster_db_queries_successful', SUCCESSFUL, (pool) => pool.successful],
  ['taskmaster_db_queries_successful_total', SUCCESSFUL, (pool) => pool.successful],
  ['taskmaster_db_queries_failed', FAILED, (pool) => pool.failed],
  ['taskmaster_db_queries_failed_total', FAILED, (pool) => pool.failed],
  ['taskmaster_db_pool_acquires_total', 'Times that a caller got a connection, by pool.', (pool) => pool.acquires],
  [
    'taskmaster_db_pool_acquire_seconds_total',
    'Seconds that callers waited for connections, by pool; divided by the acquires, the mean wait.',
    (pool) => pool.acquireSeconds,
  ],
  [
    'taskmaster_db_pool_exhausted_total',
    'Requests refused with 503 POOL_EXHAUSTED for want of a connection, by pool.',
    (pool) => pool.exhausted,
  ],
];

const GAUGES: readonly (readonly [string, string, Read])[] = [
  ['taskmaster_db_pool_max', 'Connections that the pool may have.', (pool) => pool.max],
  ['taskmaster_db_pool_size', 'Connections that are open, by pool.', (pool) => pool.size],
  ['taskmaster_db_pool_idle', 'Open connections that nobody uses, by pool.', (pool) => pool.idle],
  ['taskmaster_db_pool_waiting', 'Callers that wait for a connection, by pool.', (pool) => pool.waiting],
  [
    'taskmaster_db_pool_in_flight',
    'Statements that shared connections have sent and that are not answered yet, by pool.',
    (pool) => pool.inFlight,
  ],
  [
    'taskmaster_db_pool_healthy',
    '1 when the last check of the pool was answered, else 0.',
    (pool) => Number(pool.healthy),
  ],
];

/** Queries and connections of every pool. All series exist from the start, as 0. */
export function databaseMetrics(registry: Registry, database: Database): void {
  const registers = [registry];
  const labelNames = ['pool'];
  storageMetrics(registry, database);
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const pool of database.snapshot()) this.inc({ pool: pool.pool }, read(pool));
      },
    });
  }
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const pool of database.snapshot()) this.set({ pool: pool.pool }, read(pool));
      },
    });
  }
  durations(registry, database);
}

function durations(registry: Registry, database: Database): void {
  const registers = [registry];
  const labelNames = ['pool'];
  const duration = new Histogram({
    name: 'taskmaster_db_query_duration_seconds',
    help: 'Seconds of a round trip to PostgreSQL, without the wait for a connection, by pool.',
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const wait = new Histogram({
    name: 'taskmaster_db_pool_acquire_duration_seconds',
    help: 'Seconds that a caller waited for a connection, by pool.',
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  for (const { pool } of database.snapshot()) {
    duration.zero({ pool });
    wait.zero({ pool });
  }
  database.onQuery(({ pool, seconds }) => duration.observe({ pool }, seconds));
  database.onAcquire((pool, seconds) => wait.observe({ pool }, seconds));
}

function storageMetrics(registry: Registry, database: Database): void {
  const registers = [registry];
  new Counter({
    name: 'taskmaster_db_storage_full_total',
    help: 'Writes that failed because the disk of the database was full.',
    registers,
    collect() {
      this.reset();
      this.inc(database.storage.refusals);
    },
  });
  new Gauge({
    name: 'taskmaster_db_storage_full',
    help: '1 while the last write found the disk of the database full, else 0.',
    registers,
    collect() {
      this.set(Number(database.storage.isFull));
    },
  });
}
