import { isConnectionLost, isStaleStatement } from './sql-state.js';

const REPEAT_WITHIN_MS = 1_000;

/** Runs a round trip, and once more where the first attempt cannot have changed anything. */
export async function runAgain<T>(run: () => Promise<T>, isRead: boolean): Promise<T> {
  const start = performance.now();
  try {
    return await run();
  } catch (error) {
    const mayRepeat =
      // After a migration the first use of a prepared statement fails before anything has run.
      isStaleStatement(error) ||
      // A read whose connection was lost is repeated on another one.
      (isRead && isConnectionLost(error) && performance.now() - start < REPEAT_WITHIN_MS);
    if (!mayRepeat) throw error;
    return run();
  }
}
