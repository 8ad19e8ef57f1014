import type { ExecutionResult } from 'graphql';

type Result = IteratorResult<ExecutionResult, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(reason: Error): void;
}

const DONE: Result = { value: undefined, done: true };

/**
 * Pushed results as an async iterator. An async generator is not suitable: its `return` waits for the next value, so a
 * subscription that the client has completed would stay until the next event.
 */
export class ResultQueue implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #results: ExecutionResult[] = [];
  #waiter: Waiter | null = null;
  #failure: Error | null = null;
  #isDone = false;

  constructor(private readonly onReturn: () => void) {}

  push(value: ExecutionResult): void {
    if (this.#isDone) return;
    const waiter = this.#takeWaiter();
    if (waiter) waiter.resolve({ value, done: false });
    else this.#results.push(value);
  }

  /** Ends the iteration with an error, after all results that were pushed before. */
  fail(reason: Error): void {
    const waiter = this.#takeWaiter();
    if (waiter) waiter.reject(reason);
    else this.#failure = reason;
  }

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      const value = this.#results.shift();
      if (value) resolve({ value, done: false });
      else if (this.#failure) reject(this.#failure);
      else if (this.#isDone) resolve(DONE);
      else this.#waiter = { resolve, reject };
    });
  }

  return(): Promise<Result> {
    this.#isDone = true;
    this.#results.length = 0;
    this.#takeWaiter()?.resolve(DONE);
    this.onReturn();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeWaiter(): Waiter | null {
    const waiter = this.#waiter;
    this.#waiter = null;
    return waiter;
  }
}
