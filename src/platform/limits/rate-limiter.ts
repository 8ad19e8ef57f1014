import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { BudgetGrants } from './budget-grants.js';
import { PERIOD_MS } from './budget-ledger.js';

/** Whether a request is admitted, and the figures for its headers. */
export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the budget is reset. */
  readonly resetSeconds: number;
}

/** Subjects that are remembered; the least recently seen one is forgotten, and starts again with a full share. */
const SUBJECTS_MAX = 50_000;

/** The share of this instance in a subject's minute. */
interface Share {
  readonly period: number;
  /** Requests per minute, over all instances. */
  readonly limit: number;
  /** Granted in total. */
  held: number;
  /** Granted and not used. */
  left: number;
  /** When `left` falls below, the next grant is requested. */
  lowWater: number;
  /** What was left for all instances at the last grant. */
  elsewhere: number;
  spent: boolean;
  asking: Promise<void> | null;
}

/**
 * Counts requests by subject and minute. An instance admits only what the ledger has granted it, so that all instances
 * together never admit more than the limit. It takes a share with the first request of a minute, and the next one before the
 * last is used up, so that other requests need not wait for a round trip.
 */
export class RateLimiter {
  readonly #shares = new LRUCache<string, Share>({ max: SUBJECTS_MAX });

  constructor(
    private readonly limit: number,
    private readonly kind: string,
    private readonly grants: BudgetGrants,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes one request from the budget. Synchronous unless this instance has no share left. `limit` is for a subject that has
   * one of its own.
   */
  admit(subject: string, limit = this.limit): Verdict | Promise<Verdict> {
    const share = this.#share(subject, limit);
    return this.#take(subject, share) ? this.#verdict(share, true) : this.#wait(subject, share);
  }

  /** The state of a subject, without taking anything; null when it has not been seen in this minute. */
  peek(subject: string): Verdict | null {
    const share = this.#shares.get(subject);
    if (!share || share.period !== this.#period()) return null;
    return this.#verdict(share, !share.spent || share.left > 0);
  }

  async #wait(subject: string, share: Share): Promise<Verdict> {
    while (!share.spent) {
      await this.#ask(subject, share);
      if (this.#take(subject, share)) return this.#verdict(share, true);
    }
    return this.#verdict(share, false);
  }

  #take(subject: string, share: Share): boolean {
    if (share.left === 0) return false;
    share.left -= 1;
    if (share.left < share.lowWater && !share.spent) void this.#ask(subject, share);
    return true;
  }

  #ask(subject: string, share: Share): Promise<void> {
    share.asking ??= this.#requestGrant(subject, share).finally(() => (share.asking = null));
    return share.asking;
  }

  async #requestGrant(subject: string, share: Share): Promise<void> {
    const { granted, remaining } = await this.grants.take({
      // Hashed, so that the shared ledger holds neither credential ids nor addresses.
      subject: hash('sha256', `${this.kind} ${subject}`, 'base64url'),
      period: share.period,
      budget: share.limit,
      held: share.held,
    });
    share.held += granted;
    share.left += granted;
    share.lowWater = Math.floor(share.left / 4);
    share.elsewhere = remaining;
    // A used budget does not recover within its minute, so there is nothing to request.
    share.spent = granted === 0;
  }

  #share(subject: string, limit: number): Share {
    const period = this.#period();
    const known = this.#shares.get(subject);
    if (known?.period === period && known.limit === limit) return known;
    const share: Share = {
      period,
      limit,
      held: 0,
      left: 0,
      lowWater: 0,
      elsewhere: limit,
      spent: false,
      asking: null,
    };
    this.#shares.set(subject, share);
    return share;
  }

  #verdict(share: Share, allowed: boolean): Verdict {
    return {
      allowed,
      limit: share.limit,
      remaining: allowed ? share.elsewhere + share.left : 0,
      resetSeconds: Math.max(Math.ceil(((share.period + 1) * PERIOD_MS - this.now()) / 1000), 1),
    };
  }

  #period(): number {
    return Math.floor(this.now() / PERIOD_MS);
  }
}
