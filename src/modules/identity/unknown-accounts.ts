import { LRUCache } from 'lru-cache';
import { sha256 } from '../../platform/credentials/secrets.js';
import { LOCK_SECONDS, FAILED_LOGINS_MAX } from './identity.rules.js';

interface Tries {
  readonly failed: number;
  /** Milliseconds since the epoch. */
  readonly lockedUntil: number;
}

const REMEMBERED_MAX = 10_000;

/**
 * The lockout of addresses without an account, so that a lockout does not reveal which addresses have one. It is kept
 * in memory and by hash, because the typing mistakes of strangers do not belong in the database.
 */
export class UnknownAccounts {
  private readonly tries = new LRUCache<string, Tries>({ max: REMEMBERED_MAX });

  /** Seconds until the next attempt is checked; 0 if it is checked now. */
  lockedFor(email: string): number {
    const { lockedUntil = 0 } = this.tries.get(keyOf(email)) ?? {};
    return Math.max(0, Math.ceil((lockedUntil - Date.now()) / 1000));
  }

  /**
   * The same rule as app.record_failed_login, which counts in PostgreSQL because instances share it. An address without
   * an account has no row there.
   */
  recordFailure(email: string): void {
    const { failed = 0, lockedUntil = 0 } = this.tries.get(keyOf(email)) ?? {};
    const full = failed + 1 >= FAILED_LOGINS_MAX;
    this.tries.set(keyOf(email), {
      failed: full ? 0 : failed + 1,
      lockedUntil: full ? Date.now() + LOCK_SECONDS * 1000 : lockedUntil,
    });
  }
}

function keyOf(email: string): string {
  return sha256(email.toLowerCase()).toString('base64');
}
