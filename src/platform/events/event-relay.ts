import { setTimeout as delay } from 'node:timers/promises';
import type { NotificationConnection } from '../database/notification-connection.js';
import type { RelayedRow } from './event.queries.js';
import { relayEvents } from './event.queries.js';

/** Audit rows per run. A backlog is published in parts, so that no run takes long. */
const MOST = 1_000;
/** Milliseconds between the starts of two runs, at least: each costs a commit, and one can publish many changes. */
const SPACING_MS = 5;
/**
 * A run that publishes more events is followed by a pause as long as itself, so that under load the relay takes at most half
 * of a processor from the writes. A smaller one is not: the next commit would wait for nothing.
 */
const LARGE_RUN = 3;
/** Publishes what other programs have written, and what a missed call of `requestRun` has left. */
const SAFETY_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

interface Waiter {
  resolve(head: bigint): void;
  reject(error: unknown): void;
}

export interface RelayListener {
  /** A run is on its way. What is sent on its connection now is executed behind it, in the same round trip. */
  onSent(): void;
  onPublished(rows: readonly RelayedRow[], seconds: number): void;
  onFailed(error: unknown): void;
}

/**
 * Runs the relay whenever this instance has committed something, and at intervals. Every instance does; PostgreSQL admits
 * one at a time.
 */
export class EventRelay {
  readonly #waiters: Waiter[] = [];
  #served: Waiter[] = [];
  #wanted = false;
  #loop: Promise<void> | null = null;
  #safety: NodeJS.Timeout | null = null;
  #startedAt = -Infinity;
  #nextAt = -Infinity;
  #most = MOST;
  #failures = 0;
  #stopped = false;

  constructor(
    private readonly connection: NotificationConnection,
    private readonly listener: RelayListener,
  ) {}

  start(): void {
    this.#safety = setInterval(() => this.requestRun(), SAFETY_MS).unref();
  }

  /** Requests a run after a commit. Calls during a run are coalesced into one more run. */
  requestRun(): void {
    this.#wanted = true;
    if (this.#stopped || this.#loop || !this.connection.listening) return;
    this.#loop = this.#runWhileWanted().finally(() => {
      this.#loop = null;
      if (this.#wanted && this.#failures === 0) this.requestRun();
    });
  }

  /** Publishes everything that is committed by now, and resolves with the last position. */
  settle(): Promise<bigint> {
    return new Promise((resolve, reject) => {
      if (this.#stopped || !this.connection.listening) {
        reject(new Error('The event stream is not connected.'));
        return;
      }
      this.#waiters.push({ resolve, reject });
      this.requestRun();
    });
  }

  async stop(): Promise<void> {
    if (this.#safety) clearInterval(this.#safety);
    this.#stopped = true;
    await this.#loop;
    const stopped = new Error('The event stream is stopped.');
    for (const waiter of this.#waiters.splice(0)) waiter.reject(stopped);
  }

  async #runWhileWanted(): Promise<void> {
    while (this.#wanted && !this.#stopped) {
      const early = this.#nextAt - performance.now();
      if (early > 0) await delay(early);
      this.#wanted = false;
      this.#startedAt = performance.now();
      // The snapshot of this run may be older than commits from now on, so later waiters belong to the next run.
      this.#served.push(...this.#waiters.splice(0));
      try {
        const run = this.connection.run('publish events', relayEvents(this.#most));
        this.listener.onSent();
        this.#finished(await run);
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  #finished(rows: readonly RelayedRow[]): void {
    this.#failures = 0;
    this.#most = MOST;
    const took = performance.now() - this.#startedAt;
    this.#nextAt = this.#startedAt + Math.max(SPACING_MS, rows.length > LARGE_RUN ? 2 * took : took);
    this.listener.onPublished(rows, took / 1_000);
    const [first] = rows;
    if (!first) return;
    if (first.more) {
      this.#wanted = true;
      this.#nextAt = -Infinity;
      return;
    }
    for (const waiter of this.#served.splice(0)) waiter.resolve(BigInt(first.head));
  }

  async #failed(error: unknown): Promise<void> {
    this.#failures += 1;
    // A part that exceeds the time limit is tried in smaller ones.
    this.#most = Math.max(1, Math.floor(this.#most / 4));
    for (const waiter of this.#served.splice(0)) waiter.reject(error);
    this.listener.onFailed(error);
    if (!this.connection.listening) return;
    this.#wanted = true;
    await delay(Math.min(LONGEST_PAUSE_MS, 50 * 2 ** this.#failures), undefined, { ref: false });
  }
}
