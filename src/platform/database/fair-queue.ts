interface Waiter {
  readonly grant: () => void;
}

/** Why a caller was not admitted. */
export type QueueRefusal = 'full' | 'late';

/**
 * Admits callers to a number of slots. A subject (a user, or the team of an import) never has all slots, and subjects that
 * wait take turns: a caller that sends more waits longer, and does not make others wait. Nobody holds a connection meanwhile.
 */
export class FairQueue {
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #held = new Map<string, number>();
  #free: number;
  #waiters = 0;

  constructor(
    private readonly slots: number,
    private readonly maxWaiting: number,
  ) {
    this.#free = slots;
  }

  get waiting(): number {
    return this.#waiters;
  }

  /** Resolves with null once a slot is taken, which `leave` gives back. */
  async enter(subject: string, withinMs: number, signal?: AbortSignal): Promise<QueueRefusal | null> {
    if (this.#mayEnter(subject)) {
      this.#take(subject);
      return null;
    }
    const line = this.#waiting.get(subject) ?? new Set<Waiter>();
    // A subject may fill half of the queue, so that others can still wait.
    if (this.#waiters >= this.maxWaiting || line.size >= Math.ceil(this.maxWaiting / 2)) return 'full';
    this.#waiting.set(subject, line);
    return this.#wait(subject, line, withinMs, signal);
  }

  leave(subject: string): void {
    const held = (this.#held.get(subject) ?? 1) - 1;
    if (held > 0) this.#held.set(subject, held);
    else this.#held.delete(subject);
    this.#free += 1;
    this.#admitNext();
  }

  #wait(subject: string, line: Set<Waiter>, withinMs: number, signal?: AbortSignal): Promise<QueueRefusal | null> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        line.delete(waiter);
        this.#waiters -= 1;
        if (line.size === 0 && this.#waiting.get(subject) === line) this.#waiting.delete(subject);
      };
      const waiter: Waiter = {
        grant: () => {
          settle();
          resolve(null);
        },
      };
      const onAbort = (): void => {
        settle();
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        settle();
        resolve('late');
      }, withinMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      line.add(waiter);
      this.#waiters += 1;
    });
  }

  #mayEnter(subject: string): boolean {
    return this.#free > 0 && (this.#held.get(subject) ?? 0) < Math.max(1, this.slots - 1);
  }

  #take(subject: string): void {
    this.#free -= 1;
    this.#held.set(subject, (this.#held.get(subject) ?? 0) + 1);
  }

  #admitNext(): void {
    for (const [subject, line] of this.#waiting) {
      if (!this.#mayEnter(subject)) continue;
      const [first] = line;
      if (!first) continue;
      this.#take(subject);
      // The next turn belongs to somebody else.
      this.#waiting.delete(subject);
      if (line.size > 1) this.#waiting.set(subject, line);
      first.grant();
      return;
    }
  }
}
