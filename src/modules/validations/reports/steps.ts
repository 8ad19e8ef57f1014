import { setImmediate as turn } from 'node:timers/promises';

/** Milliseconds of work before other requests get their turn. */
const STEP_MS = 10;

/** Runs work that yields regularly, so that reading a large file does not block the event loop. */
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
