import type { PoolRole } from './scope.js';

export type PoolName = 'read' | 'write' | 'imports' | 'analytics' | 'background';

export const POOL_NAMES: readonly PoolName[] = ['read', 'write', 'imports', 'analytics', 'background'];

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
  /** Milliseconds that a caller waits for a lock, most of them without a connection. */
  readonly lockPatienceMs: number;
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
  /** Connections of the job queue. */
  readonly jobs: number;
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
  readonly importsMs: number;
  /** That an import waits for its turn. */
  readonly importTurnMs: number;
  /** That a connection waits for a lock, before it goes back to its pool. */
  readonly lockMs: number;
  readonly lockPatienceMs: number;
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
  importsMs: 300_000,
  importTurnMs: 60_000,
  // A small part of the wait for a connection: writers that wait for the import of their team leave connections to the
  // others. With 500 ms, six of them refused every other write.
  lockMs: 100,
  lockPatienceMs: 10_000,
};

/** From so many sessions on, background work and jobs have one more each. */
const MANY_SESSIONS = 16;
const NOTIFICATION_SESSIONS = 1;
const SESSIONS_FOR_EACH_IMPORT = 32;
const CHECKED_OUT_READS = 2;

/**
 * Divides all sessions of an instance. Notifications, jobs, background work and imports have a few of their own; of the
 * others 60 % read, 30 % write and 10 % are for analytics. Of the read share all but two are multiplexed: no checkout, 2.8
 * times the throughput of a plain pool.
 */
export function planPools(sessions: number, poolMin: number, timings: PoolTimings = TIMINGS): PoolPlan {
  const extra = sessions >= MANY_SESSIONS ? 1 : 0;
  const jobs = 2 + extra;
  const background = 1 + extra;
  const imports = Math.ceil(sessions / SESSIONS_FOR_EACH_IMPORT);
  const shared = sessions - NOTIFICATION_SESSIONS - jobs - background - imports;
  const analytics = Math.max(1, Math.floor(shared * 0.1));
  const write = Math.max(1, Math.ceil(shared * 0.3));
  const reads = Math.max(2, shared - analytics - write);
  const multiplexed = Math.max(1, reads - CHECKED_OUT_READS);
  const pool = poolFactory(timings);
  return {
    jobs,
    multiplexer: {
      connections: multiplexed,
      maxInFlight: 256,
      statementTimeoutMs: timings.multiplexedMs,
      deadlineMs: timings.multiplexedMs + timings.graceMs,
      connectTimeoutMs: timings.acquireMs,
    },
    pools: {
      read: pool('read', 'tm_app_ro', reads - multiplexed, Math.ceil(poolMin * 0.4), timings.readMs),
      write: pool('write', 'tm_app_rw', write, Math.ceil(poolMin * 0.3), timings.writeMs),
      imports: {
        ...pool('imports', 'tm_app_rw', imports, 0, timings.importsMs),
        acquireTimeoutMs: timings.importTurnMs,
        lockPatienceMs: timings.importTurnMs,
      },
      analytics: pool('analytics', 'tm_analytics', analytics, 0, timings.analyticsMs),
      background: pool('background', 'tm_background', background, 0, timings.backgroundMs),
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
    lockTimeoutMs: Math.min(role === 'tm_app_rw' ? timings.lockMs : timings.lockPatienceMs, timeoutMs),
    idleInTransactionMs: timeoutMs,
    lockPatienceMs: timings.lockPatienceMs,
    acquireTimeoutMs: timings.acquireMs,
    // One subject may fill half of it.
    maxWaiting: 200 * max,
  });
}
