import { setImmediate as turn } from 'node:timers/promises';

/** Milliseconds of work before others get their turn. */
const STEP_MS = 10;

/** Runs work that pauses wherever it can, so that reading a large file holds nobody else up. */
export async function inSteps<T>(work: Generator<void, T>): Promise<T> {
  let since = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - since < STEP_MS) continue;
    await turn();
    since = performance.now();
  }
}
