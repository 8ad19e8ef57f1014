import { isConnectionLost, isStaleStatement } from './sql-state.js';

const REPEAT_WITHIN_MS = 1_000;
/** After a restart of PostgreSQL every shared connection may still look alive, and a read met two dead ones in turn. */
const REPEATS_MAX = 3;

/** Runs a round trip, and again where the attempts before cannot have changed anything. */
export async function runAgain<T>(run: () => Promise<T>, isRead: boolean): Promise<T> {
  const start = performance.now();
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await run();
    } catch (error) {
      const mayRepeat =
        // After a migration the first use of a prepared statement fails before anything has run.
        (repeats === 0 && isStaleStatement(error)) ||
        // A read whose connection was lost is repeated on another one.
        (repeats < REPEATS_MAX && isRead && isConnectionLost(error) && performance.now() - start < REPEAT_WITHIN_MS);
      if (!mayRepeat) throw error;
    }
  }
}
