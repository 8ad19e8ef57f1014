import type { PoolName } from './pool-plan.js';

/** What an exporter needs about one pool; counters only grow. */
export interface PoolSnapshot {
  readonly pool: PoolName;
  readonly healthy: boolean;
  readonly max: number;
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
  /** Statements on the wire of the multiplexed connections. */
  readonly inFlight: number;
  readonly acquires: number;
  readonly acquireSeconds: number;
  readonly exhausted: number;
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
}

/** One round trip, as it ended. */
export interface QueryReport {
  readonly pool: PoolName;
  readonly statement: string;
  readonly seconds: number;
  readonly ok: boolean;
}

export type QueryListener = (report: QueryReport) => void;

/** The counters of one pool, shared by everything that serves it (its connections here and on replicas). */
export class PoolCounters {
  total = 0;
  successful = 0;
  failed = 0;
  acquires = 0;
  acquireSeconds = 0;
  exhausted = 0;

  constructor(
    readonly pool: PoolName,
    private readonly listeners: ReadonlySet<QueryListener>,
  ) {}

  acquired(since: number): void {
    this.acquires++;
    this.acquireSeconds += (performance.now() - since) / 1000;
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
    if (this.listeners.size === 0) return;
    const report = { pool: this.pool, statement, seconds: (performance.now() - start) / 1000, ok };
    for (const listener of this.listeners) listener(report);
  }
}
