import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';
import { Lane } from './lane.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { MultiplexerSettings } from './pool-plan.js';
import type { PoolCounters } from './pool-stats.js';
import { poolExhausted, shuttingDown } from './sql-state.js';

const SWEEP_MS = 100;

/**
 * Hot reads over a few pipelined connections: no checkout, one round trip, statements of many users interleaved. Each
 * single-round-trip query carries its own scope, so neighbours on a connection share nothing (single-round-trip.test.ts).
 */
export class Multiplexer {
  readonly #lanes: Lane[];
  readonly #waiters = new Set<() => void>();
  #sweep: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    private readonly settings: MultiplexerSettings,
    login: DatabaseLogin,
    private readonly counters: PoolCounters,
    connectionLost: (error: Error) => void = () => undefined,
  ) {
    const { statementTimeoutMs, connectTimeoutMs } = settings;
    const session = {
      role: 'tm_app_ro' as const,
      readOnly: true,
      statementTimeoutMs,
      lockTimeoutMs: statementTimeoutMs,
      idleInTransactionMs: statementTimeoutMs,
      applicationName: 'taskmaster read multiplexed',
      // A page's limit is a parameter, so its general plan looks dearer than one made for the values and PostgreSQL
      // would plan the same index walk anew for every request: 40 % of its work for a page of 20.
      planOnce: true,
    };
    const config = clientConfig(login, session, connectTimeoutMs);
    const changed = (lost: Error | null): void => {
      for (const wake of [...this.#waiters]) wake();
      if (lost) connectionLost(lost);
    };
    this.#lanes = Array.from({ length: settings.connections }, () => new Lane(config, changed));
  }

  async run(steps: readonly Step[], signal?: AbortSignal): Promise<StepResult[]> {
    signal?.throwIfAborted();
    if (this.#closed) throw shuttingDown();
    const lane = this.#pick() ?? (await this.#arrival());
    if (lane.inFlight >= this.settings.maxInFlight) throw this.#exhausted();
    return this.counters.measure(steps.at(-1)?.name ?? '', () => lane.send(steps));
  }

  gauges(): { size: number; idle: number; waiting: number; inFlight: number } {
    const ready = this.#lanes.filter((lane) => lane.ready);
    const inFlight = ready.reduce((sum, lane) => sum + lane.inFlight, 0);
    const idle = ready.filter((lane) => lane.inFlight === 0).length;
    return { size: ready.length, idle, waiting: this.#waiters.size, inFlight };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#sweep) clearInterval(this.#sweep);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    for (const wake of [...this.#waiters]) wake();
  }

  #open(): void {
    if (this.#sweep || this.#closed) return;
    this.#sweep = setInterval(() => {
      for (const lane of this.#lanes) lane.cutIfOverdue(this.settings.deadlineMs);
    }, SWEEP_MS);
    this.#sweep.unref();
    for (const lane of this.#lanes) lane.open();
  }

  #pick(): Lane | null {
    let best: Lane | null = null;
    for (const lane of this.#lanes) {
      if (lane.ready && (best === null || lane.inFlight < best.inFlight)) best = lane;
    }
    return best;
  }

  /** Waits for the connections that are being made, and no longer than one attempt: a database that is away is said so. */
  async #arrival(): Promise<Lane> {
    this.#open();
    for (;;) {
      const lane = this.#pick();
      if (lane) return lane;
      const failure = this.#lanes.every((each) => each.lastFailure) ? this.#lanes[0]?.lastFailure : null;
      if (failure) throw failure;
      if (this.#closed) throw shuttingDown();
      if (this.#waiters.size >= this.settings.maxInFlight * this.#lanes.length) throw this.#exhausted();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
      });
    }
  }

  #exhausted(): Error {
    this.counters.exhausted++;
    return poolExhausted('read');
  }
}
