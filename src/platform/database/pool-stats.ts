import type { PoolName } from './pool-plan.js';

/** What an exporter reads of one pool; counters only grow. */
export interface PoolSnapshot {
  readonly pool: PoolName;
  readonly healthy: boolean;
  readonly max: number;
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
  /** Statements in flight on the multiplexed connections. */
  readonly inFlight: number;
  readonly acquires: number;
  readonly acquireSeconds: number;
  readonly exhausted: number;
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
}

/** A completed round trip. */
export interface QueryReport {
  readonly pool: PoolName;
  readonly statement: string;
  readonly seconds: number;
  readonly ok: boolean;
}

export type QueryListener = (report: QueryReport) => void;

/** Receives the seconds that a caller waited for a connection. */
export type AcquireListener = (pool: PoolName, seconds: number) => void;

/** The listeners of all pools. */
export class PoolListeners {
  readonly query = new Set<QueryListener>();
  readonly acquire = new Set<AcquireListener>();
}

/** The counters of one pool, including its connections to replicas. */
export class PoolCounters {
  total = 0;
  successful = 0;
  failed = 0;
  acquires = 0;
  acquireSeconds = 0;
  exhausted = 0;

  constructor(
    readonly pool: PoolName,
    private readonly listeners: PoolListeners,
  ) {}

  acquired(since: number): void {
    this.acquires++;
    const seconds = (performance.now() - since) / 1000;
    this.acquireSeconds += seconds;
    for (const listener of this.listeners.acquire) listener(this.pool, seconds);
  }

  async measure<T>(statement: string, run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      const result = await run();
      this.#count(statement, start, true);
      return result;
    } catch (error) {
      this.#count(statement, start, false);
      throw error;
    }
  }

  #count(statement: string, start: number, ok: boolean): void {
    this.total++;
    if (ok) this.successful++;
    else this.failed++;
    if (this.listeners.query.size === 0) return;
    const report = { pool: this.pool, statement, seconds: (performance.now() - start) / 1000, ok };
    for (const listener of this.listeners.query) listener(report);
  }
}
