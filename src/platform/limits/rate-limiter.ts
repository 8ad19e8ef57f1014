import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { BudgetGrants } from './budget-grants.js';
import { PERIOD_MS } from './budget-ledger.js';

/** Whether a request is let through, and what its client is told. */
export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the budget is whole again. */
  readonly resetSeconds: number;
}

/** Subjects that are remembered; the least recently seen one begins its minute anew. */
const SUBJECTS_MAX = 50_000;

/** This instance's share of a subject's minute. */
interface Share {
  readonly period: number;
  /** Let through without having been asked for, and not told to the ledger yet. */
  unreported: number;
  /** Let through or granted, all in all. */
  held: number;
  /** Granted and not used. */
  left: number;
  /** When `left` falls below, more is asked for in time. */
  lowWater: number;
  /** What is left for everybody, as last heard. */
  elsewhere: number;
  hasRequested: boolean;
  spent: boolean;
  asking: Promise<void> | null;
}

/**
 * Counts requests by subject and minute. The first hundredth of a budget passes on every instance unasked, so most
 * subjects cost nothing; whoever needs more is counted in the ledger that all instances share, a share at a time.
 * So no request waits for a round trip as long as its subject's next share arrives before the last one is used up.
 */
export class RateLimiter {
  readonly #shares = new LRUCache<string, Share>({ max: SUBJECTS_MAX });

  constructor(
    private readonly limit: number,
    private readonly kind: string,
    private readonly grants: BudgetGrants,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes one request from the budget. Answers at once unless the share of this instance is used up. */
  admit(subject: string): Verdict | Promise<Verdict> {
    const share = this.#share(subject);
    return this.#take(subject, share) ? this.#verdict(share, true) : this.#wait(subject, share);
  }

  /** What is known of a subject without taking anything; null when it has not been seen this minute. */
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
    if (share.left > 0) {
      share.left -= 1;
      if (share.left < share.lowWater && !share.spent) void this.#ask(subject, share);
      return true;
    }
    if (share.hasRequested || share.unreported >= Math.floor(this.limit / 100)) return false;
    share.unreported += 1;
    share.held += 1;
    return true;
  }

  #ask(subject: string, share: Share): Promise<void> {
    share.asking ??= this.#requestGrant(subject, share).finally(() => (share.asking = null));
    return share.asking;
  }

  async #requestGrant(subject: string, share: Share): Promise<void> {
    const spent = share.unreported;
    share.unreported = 0;
    share.hasRequested = true;
    const { granted, remaining } = await this.grants.take({
      // Neither a credential's id nor an address is anybody's business where the budgets are shared.
      subject: hash('sha256', `${this.kind} ${subject}`, 'base64url'),
      period: share.period,
      budget: this.limit,
      spent,
      held: share.held,
    });
    share.held += granted;
    share.left += granted;
    share.lowWater = Math.floor(share.left / 4);
    share.elsewhere = remaining;
    // What is gone does not come back before the next minute, so nobody has to ask again.
    share.spent = granted === 0;
  }

  #share(subject: string): Share {
    const period = this.#period();
    const known = this.#shares.get(subject);
    if (known?.period === period) return known;
    const share: Share = {
      period,
      unreported: 0,
      held: 0,
      left: 0,
      lowWater: 0,
      elsewhere: this.limit,
      hasRequested: false,
      spent: false,
      asking: null,
    };
    this.#shares.set(subject, share);
    return share;
  }

  #verdict(share: Share, allowed: boolean): Verdict {
    return {
      allowed,
      limit: this.limit,
      remaining: allowed ? Math.max(share.elsewhere + share.left - share.unreported, 0) : 0,
      resetSeconds: Math.max(Math.ceil(((share.period + 1) * PERIOD_MS - this.now()) / 1000), 1),
    };
  }

  #period(): number {
    return Math.floor(this.now() / PERIOD_MS);
  }
}
