import { Fault } from '../../platform/faults/fault.js';

/** Each check holds a thread of libuv's pool and 19 MiB; more at once would only make all of them slower. */
const AT_ONCE = 2;
const WAITING_MAX = 200;
const WAIT_MS = 5_000;

interface Waiting {
  readonly key: string;
  readonly start: () => void;
}

/** Lets a promise hold the place in the line without the answer waiting for it. */
export type Keep = (settling: Promise<unknown>) => void;

function busy(): Fault {
  return new Fault('RATE_LIMITED', 'Too many logins at this moment. Please try again.', {
    headers: { 'Retry-After': '2' },
  });
}

/**
 * Password checks wait their turn: few at once, and one account's one after the other, so that tries which arrive
 * together cannot all pass before the first failure is counted.
 */
export class LoginLine {
  private readonly running = new Set<string>();
  private readonly waiting: Waiting[] = [];

  /** @throws Fault RATE_LIMITED when the line is too long or the turn does not come in time */
  async run<T>(key: string, work: (keep: Keep) => Promise<T>): Promise<T> {
    await this.turn(key);
    const kept: Promise<unknown>[] = [];
    try {
      return await work((settling) => void kept.push(settling));
    } finally {
      void Promise.allSettled(kept).then(() => this.leave(key));
    }
  }

  private turn(key: string): Promise<void> {
    if (this.running.size < AT_ONCE && !this.running.has(key)) {
      this.running.add(key);
      return Promise.resolve();
    }
    if (this.waiting.length >= WAITING_MAX) throw busy();
    return new Promise((resolve, reject) => {
      const place: Waiting = {
        key,
        start: () => {
          clearTimeout(deadline);
          this.running.add(key);
          resolve();
        },
      };
      const deadline = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(place), 1);
        reject(busy());
      }, WAIT_MS);
      this.waiting.push(place);
    });
  }

  private leave(key: string): void {
    this.running.delete(key);
    while (this.running.size < AT_ONCE) {
      const next = this.waiting.findIndex((one) => !this.running.has(one.key));
      if (next === -1) return;
      this.waiting.splice(next, 1)[0]?.start();
    }
  }
}
