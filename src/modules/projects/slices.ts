import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that yields wherever it can be interrupted. */
export type Sliced<T> = Generator<void, T, void>;

/** Milliseconds of one slice: a file of 20,000 tasks takes more than a second, and other requests wait for each slice. */
const SLICE_MS = 5;
/** Steps between looks at the clock. */
const STEPS = 16;

/** Runs the work without an interruption. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Runs the work in slices, between which the event loop answers other requests. */
export async function inSlices<T>(work: Sliced<T>): Promise<T> {
  let end = performance.now() + SLICE_MS;
  for (let count = 1; ; count += 1) {
    const step = work.next();
    if (step.done) return step.value;
    if (count % STEPS !== 0 || performance.now() < end) continue;
    await nextTurn();
    end = performance.now() + SLICE_MS;
  }
}
