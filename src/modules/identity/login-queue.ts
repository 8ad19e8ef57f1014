import { Fault } from '../../platform/faults/fault.js';

/** Each check occupies a thread of libuv's pool and 19 MiB. More at once would only slow all of them down. */
const AT_ONCE = 2;
const WAITING_MAX = 200;
const WAIT_MS = 5_000;

interface Waiting {
  readonly key: string;
  readonly start: () => void;
}

/** Keeps the slot occupied until a promise settles, without delaying the response. */
export type HoldSlot = (settling: Promise<unknown>) => void;

/** Too many passwords are being checked. */
export function busy(): Fault {
  return new Fault('RATE_LIMITED', 'Too many logins at this moment. Please try again.', {
    headers: { 'Retry-After': '2' },
  });
}

/**
 * Limits concurrent password checks, and runs those of one account one after the other. Otherwise attempts that arrive
 * together would all pass the lockout check before the first failure is counted.
 */
export class LoginQueue {
  private readonly running = new Set<string>();
  private readonly waiting: Waiting[] = [];

  /** @throws Fault RATE_LIMITED when the queue is full or the wait exceeds WAIT_MS */
  async run<T>(key: string, work: (holdSlot: HoldSlot) => Promise<T>): Promise<T> {
    await this.acquire(key);
    const held: Promise<unknown>[] = [];
    try {
      return await work((settling) => void held.push(settling));
    } finally {
      void Promise.allSettled(held).then(() => this.release(key));
    }
  }

  private acquire(key: string): Promise<void> {
    if (this.running.size < AT_ONCE && !this.running.has(key)) {
      this.running.add(key);
      return Promise.resolve();
    }
    if (this.waiting.length >= WAITING_MAX) throw busy();
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        key,
        start: () => {
          clearTimeout(deadline);
          this.running.add(key);
          resolve();
        },
      };
      const deadline = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(busy());
      }, WAIT_MS);
      this.waiting.push(entry);
    });
  }

  private release(key: string): void {
    this.running.delete(key);
    while (this.running.size < AT_ONCE) {
      const next = this.waiting.findIndex((one) => !this.running.has(one.key));
      if (next === -1) return;
      this.waiting.splice(next, 1)[0]?.start();
    }
  }
}
