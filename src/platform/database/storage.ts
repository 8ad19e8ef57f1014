import { Fault } from '../faults/fault.js';

/** Milliseconds that a full disk is remembered, because an instance that is not ready gets no write that would show its end. */
const REMEMBER_MS = 30_000;

/** Whether the disk of the database is full, as far as the writes of this instance tell. */
export class StorageState {
  #fullAt = -Infinity;
  #refusals = 0;

  get isFull(): boolean {
    return performance.now() - this.#fullAt < REMEMBER_MS;
  }

  /** Writes that failed for want of space. */
  get refusals(): number {
    return this.#refusals;
  }

  written(): void {
    this.#fullAt = -Infinity;
  }

  /** Learns from the error of a statement that writes, and passes it on. */
  async watch<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Fault && error.code === 'STORAGE_FULL') {
        this.#fullAt = performance.now();
        this.#refusals += 1;
      }
      throw error;
    }
  }
}
