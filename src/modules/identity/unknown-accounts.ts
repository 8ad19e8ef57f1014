import { LRUCache } from 'lru-cache';
import { sha256 } from '../../platform/credentials/secrets.js';
import { LOCK_SECONDS, TRIES } from './identity.rules.js';

interface Tries {
  readonly failed: number;
  /** Milliseconds since the epoch. */
  readonly lockedUntil: number;
}

const REMEMBERED_MAX = 10_000;

/**
 * The lockout of addresses that have no account, so that a lock does not tell which have one. Kept in memory and by
 * hash: somebody else's typing mistakes do not belong in the database.
 */
export class UnknownAccounts {
  private readonly tries = new LRUCache<string, Tries>({ max: REMEMBERED_MAX });

  /** Seconds until the next try counts; 0 when it does now. */
  lockedFor(email: string): number {
    const { lockedUntil = 0 } = this.tries.get(keyOf(email)) ?? {};
    return Math.max(0, Math.ceil((lockedUntil - Date.now()) / 1000));
  }

  /**
   * The rule of app.record_failed_login, which counts in PostgreSQL so that instances share it. An address without an
   * account has no row to count in.
   */
  recordFailure(email: string): void {
    const { failed = 0, lockedUntil = 0 } = this.tries.get(keyOf(email)) ?? {};
    const full = failed + 1 >= TRIES;
    this.tries.set(keyOf(email), {
      failed: full ? 0 : failed + 1,
      lockedUntil: full ? Date.now() + LOCK_SECONDS * 1000 : lockedUntil,
    });
  }
}

function keyOf(email: string): string {
  return sha256(email.toLowerCase()).toString('base64');
}
