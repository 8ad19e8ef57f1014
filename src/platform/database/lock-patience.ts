import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 800;
/** lock_not_available: the wait for a lock has reached lock_timeout. */
const LOCK_TIMEOUT = '55P03';

function isLockTimeout(error: unknown): boolean {
  const source = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return source instanceof pg.DatabaseError && source.code === LOCK_TIMEOUT;
}

/**
 * Repeats work that did not get a lock in time. Its transaction was rolled back and its connection is back in the pool, so
 * that it waits without one: three writers behind one long import refused every other write of the instance.
 */
export async function withLockPatience<T>(
  patienceMs: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error) || performance.now() >= until) throw error;
      signal?.throwIfAborted();
      // Jitter, so that those who wait for one lock do not come back together.
      await delay(pause * (0.5 + Math.random()));
    }
  }
}
