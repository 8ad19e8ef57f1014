import { Fault } from '../faults/fault.js';
import type { Step } from './single-round-trip.js';
import type { PoolName } from './pool-plan.js';

const EVERY_MS = 30_000;
const PROBE: Step = { name: 'tm_health', text: 'select 1', values: [], silent: true };

export interface PoolHealth {
  readonly pool: PoolName;
  readonly healthy: boolean;
  readonly checkedAt: string | null;
}

export interface Probed {
  run(steps: readonly Step[], subject: string): Promise<unknown>;
}

/** Checks every pool every 30 seconds, and on demand. */
export class HealthMonitor {
  readonly #health = new Map<PoolName, PoolHealth>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly pools: ReadonlyMap<PoolName, Probed>) {
    for (const pool of pools.keys()) this.#health.set(pool, { pool, healthy: true, checkedAt: null });
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.check(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  isHealthy(pool: PoolName): boolean {
    return this.#health.get(pool)?.healthy ?? false;
  }

  snapshot(): PoolHealth[] {
    return [...this.#health.values()];
  }

  async check(): Promise<PoolHealth[]> {
    await Promise.all([...this.pools].map(([pool, probed]) => this.#probe(pool, probed)));
    return this.snapshot();
  }

  async #probe(pool: PoolName, probed: Probed): Promise<void> {
    const healthy = await probed.run([PROBE], 'health').then(() => true, isOnlyBusy);
    this.#health.set(pool, { pool, healthy, checkedAt: new Date().toISOString() });
  }
}

/** An exhausted pool is healthy; taking it out would move its load to the others. */
function isOnlyBusy(error: unknown): boolean {
  return error instanceof Fault && error.code === 'POOL_EXHAUSTED';
}
