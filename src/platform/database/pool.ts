import pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';
import { FairQueue } from './fair-queue.js';
import { CheckedOutConnection } from './checked-out-connection.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { PoolSettings } from './pool-plan.js';
import { wireOf } from './pg-wire.js';
import type { PoolCounters } from './pool-stats.js';
import { poolExhausted, shuttingDown } from './sql-state.js';

const IDLE_MS = 30_000;
const LIFETIME_SECONDS = 3_600;
const CLOSE_DEADLINE_MS = 5_000;

/** A pool that bounds every wait and never hands a doubtful connection out again. */
export class GuardedPool {
  readonly #pool: pg.Pool;
  readonly #queue: FairQueue;
  readonly #checkedOut = new Set<CheckedOutConnection>();
  #acquiring = 0;
  #drained: (() => void) | null = null;
  readonly #open = new Set<pg.PoolClient>();
  #closed: (() => void) | null = null;

  constructor(
    readonly settings: PoolSettings,
    login: DatabaseLogin,
    readonly counters: PoolCounters,
    connectionLost: (error: Error) => void = () => undefined,
  ) {
    this.#queue = new FairQueue(settings.max, settings.maxWaiting);
    const session = { ...settings, applicationName: `taskmaster ${settings.name}` };
    this.#pool = new pg.Pool({
      ...clientConfig(login, session, settings.acquireTimeoutMs),
      max: settings.max,
      min: settings.min,
      query_timeout: settings.queryTimeoutMs,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: LIFETIME_SECONDS,
    });
    // Without a listener, an idle connection that the server closes would end the process.
    this.#pool.on('error', connectionLost);
    // Between the listener of the pool and that of the checked-out connection there is a gap, which a connection that is
    // closed in the same packet as it was opened falls into.
    this.#pool.on('connect', (client) => {
      client.on('error', () => undefined);
      this.#open.add(client);
    });
    this.#pool.on('remove', (client) => {
      this.#open.delete(client);
      this.#closed?.();
    });
  }

  /** Runs one round trip on a connection of its own. */
  async run(steps: readonly Step[], subject: string, signal?: AbortSignal): Promise<StepResult[]> {
    const connection = await this.checkOut(subject, signal);
    try {
      return await connection.send(steps);
    } finally {
      connection.end();
    }
  }

  /** `subject` is who waits: connections are shared fairly between subjects. */
  async checkOut(subject: string, signal?: AbortSignal): Promise<CheckedOutConnection> {
    signal?.throwIfAborted();
    if (this.#drained) throw shuttingDown();
    this.#acquiring++;
    try {
      const start = performance.now();
      if (await this.#queue.enter(subject, this.settings.acquireTimeoutMs, signal)) throw this.#exhausted();
      const client = await this.#connect(subject);
      this.counters.acquired(start);
      const connection = new CheckedOutConnection(client, this.counters, signal, () => {
        this.#queue.leave(subject);
        this.#returned(connection);
      });
      this.#checkedOut.add(connection);
      return connection;
    } finally {
      this.#acquiring--;
      this.#returned();
    }
  }

  #returned(connection?: CheckedOutConnection): void {
    if (connection) this.#checkedOut.delete(connection);
    if (this.#checkedOut.size + this.#acquiring === 0) this.#drained?.();
  }

  async #connect(subject: string): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      this.#queue.leave(subject);
      // pg-pool has no code for a timeout of the wait, only this message.
      if (error instanceof Error && error.message === 'timeout exceeded when trying to connect')
        throw this.#exhausted();
      throw error;
    }
  }

  #exhausted(): Error {
    this.counters.exhausted++;
    return poolExhausted(this.settings.name);
  }

  gauges(): { size: number; idle: number; waiting: number } {
    return { size: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#queue.waiting };
  }

  /** Waits for checked-out connections, and closes those that remain after the deadline. */
  async close(): Promise<void> {
    const cut = setInterval(() => {
      for (const connection of this.#checkedOut) connection.abandon();
      if (this.#closed) for (const client of this.#open) wireOf(client).stream.destroy();
    }, CLOSE_DEADLINE_MS);
    // pg-pool never answers callers that wait when it ends, so it ends only once nobody waits.
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#returned();
    });
    await this.#pool.end();
    // pg-pool does not wait for the connections to close.
    await new Promise<void>((resolve) => {
      this.#closed = () => {
        if (this.#open.size === 0) resolve();
      };
      this.#closed();
    });
    clearInterval(cut);
  }
}
