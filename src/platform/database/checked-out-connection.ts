import type pg from 'pg';
import { cancelAndDestroy } from './cancel.js';
import { sendInOneRoundTrip } from './single-round-trip.js';
import type { Step, StepResult } from './single-round-trip.js';
import { wireOf } from './pg-wire.js';
import type { PoolCounters } from './pool-stats.js';
import { leavesConnectionUsable } from './sql-state.js';

/** A connection of a pool while one caller has it. */
export class CheckedOutConnection {
  #doubt = false;
  #ended = false;
  #busy = 0;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly counters: PoolCounters,
    private readonly signal: AbortSignal | undefined,
    private readonly onEnd: () => void,
  ) {
    client.on('error', this.#lost);
    signal?.addEventListener('abort', this.#aborted, { once: true });
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    this.signal?.throwIfAborted();
    if (this.#ended) throw new Error('A connection was used after it went back to its pool.');
    this.#busy++;
    try {
      return await this.counters.measure(steps.at(-1)?.name ?? '', () => sendInOneRoundTrip(this.client, steps));
    } catch (error) {
      this.#doubt ||= !leavesConnectionUsable(error);
      this.signal?.throwIfAborted();
      throw error;
    } finally {
      this.#busy--;
    }
  }

  /** Returns the connection. PostgreSQL reports the transaction status, so no caller inherits an open transaction. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.signal?.removeEventListener('abort', this.#aborted);
    const clean = !this.#doubt && this.#busy === 0 && this.client.getTransactionStatus() === 'I';
    // A graceful close would wait for a dead peer, and so would every caller that waits for this slot of the pool.
    if (!clean) wireOf(this.client).stream.destroy();
    this.client.release(!clean);
    this.client.removeListener('error', this.#lost);
    this.onEnd();
  }

  /** Closes the connection while it is in use; its caller gets an error. */
  abandon(): void {
    this.#doubt = true;
    wireOf(this.client).stream.destroy();
  }

  readonly #lost = (): void => {
    this.#doubt = true;
  };

  readonly #aborted = (): void => {
    this.#doubt = true;
    if (this.#busy > 0) cancelAndDestroy(this.client);
  };
}
