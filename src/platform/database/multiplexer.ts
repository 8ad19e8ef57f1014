import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';
import { PipelinedConnection } from './pipelined-connection.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { MultiplexerSettings } from './pool-plan.js';
import type { PoolCounters } from './pool-stats.js';
import { poolExhausted, shuttingDown } from './sql-state.js';

const SWEEP_MS = 100;

/**
 * Sends hot reads over a few pipelined connections: no checkout, one round trip, statements of many users interleaved. Each
 * query carries its own scope, so queries on one connection share nothing (single-round-trip.test.ts).
 */
export class Multiplexer {
  readonly #connections: PipelinedConnection[];
  readonly #waiters = new Set<() => void>();
  #sweep: NodeJS.Timeout | null = null;
  readonly #ofSubject = new Map<string, number>();
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
      // The limit of a page is a parameter, so its generic plan looks more expensive than a custom one, and PostgreSQL
      // would plan every request again: 40 % of its work for a page of 20.
      planOnce: true,
    };
    const config = clientConfig(login, session, connectTimeoutMs);
    const changed = (lost: Error | null): void => {
      for (const wake of [...this.#waiters]) wake();
      if (lost) connectionLost(lost);
    };
    this.#connections = Array.from({ length: settings.connections }, () => new PipelinedConnection(config, changed));
  }

  async run(steps: readonly Step[], subject: string, signal?: AbortSignal): Promise<StepResult[]> {
    signal?.throwIfAborted();
    if (this.#closed) throw shuttingDown();
    const connection = this.#pick() ?? (await this.#arrival());
    const own = this.#ofSubject.get(subject) ?? 0;
    if (connection.inFlight >= this.settings.maxInFlight || own >= this.#share) throw this.#exhausted();
    this.#ofSubject.set(subject, own + 1);
    try {
      return await this.counters.measure(steps.at(-1)?.name ?? '', () => connection.send(steps));
    } finally {
      const left = (this.#ofSubject.get(subject) ?? 1) - 1;
      if (left > 0) this.#ofSubject.set(subject, left);
      else this.#ofSubject.delete(subject);
    }
  }

  /** Statements in flight of one subject: half of all, so that nobody can use up the room of the others. */
  get #share(): number {
    return (this.settings.maxInFlight * this.#connections.length) / 2;
  }

  gauges(): { size: number; idle: number; waiting: number; inFlight: number } {
    const ready = this.#connections.filter((connection) => connection.ready);
    const inFlight = ready.reduce((sum, connection) => sum + connection.inFlight, 0);
    const idle = ready.filter((connection) => connection.inFlight === 0).length;
    return { size: ready.length, idle, waiting: this.#waiters.size, inFlight };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#sweep) clearInterval(this.#sweep);
    await Promise.all(this.#connections.map((connection) => connection.close()));
    for (const wake of [...this.#waiters]) wake();
  }

  #open(): void {
    if (this.#sweep || this.#closed) return;
    this.#sweep = setInterval(() => {
      for (const connection of this.#connections) connection.cutIfOverdue(this.settings.deadlineMs);
    }, SWEEP_MS);
    this.#sweep.unref();
    for (const connection of this.#connections) connection.open();
  }

  #pick(): PipelinedConnection | null {
    let best: PipelinedConnection | null = null;
    for (const connection of this.#connections) {
      if (connection.ready && (best === null || connection.inFlight < best.inFlight)) best = connection;
    }
    return best;
  }

  /** Waits for a connection, but only for one attempt to connect, so that callers learn that the database is away. */
  async #arrival(): Promise<PipelinedConnection> {
    this.#open();
    for (;;) {
      const connection = this.#pick();
      if (connection) return connection;
      const failure = this.#connections.every((each) => each.lastFailure) ? this.#connections[0]?.lastFailure : null;
      if (failure) throw failure;
      if (this.#closed) throw shuttingDown();
      if (this.#waiters.size >= this.settings.maxInFlight * this.#connections.length) throw this.#exhausted();
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
