import { Logger } from '@nestjs/common';
import type { BudgetLedger, Claim, Grant } from './budget-ledger.js';
import { GRANT_SHARE } from './budget-ledger.js';

/** Milliseconds without calls to a ledger that has failed, so that not every request waits for it. */
const LEAVE_ALONE_MS = 1_000;
/** Claims per call. */
const BATCH_MAX = 500;

interface Waiting {
  readonly claim: Claim;
  readonly answer: (grant: Grant) => void;
}

export type GrantOutcome = 'shared' | 'alone';

/**
 * Requests grants from the ledger, one call at a time; claims that arrive meanwhile are sent with the next call. When the
 * ledger fails, the instance grants itself a share and limits on its own, so that no request fails.
 */
export class BudgetGrants {
  readonly #logger = new Logger(BudgetGrants.name);
  readonly #waiting: Waiting[] = [];
  #asking = false;
  #leftAloneUntil = 0;

  constructor(
    private readonly ledger: BudgetLedger,
    private readonly count: (outcome: GrantOutcome, claims: number) => void,
  ) {}

  take(claim: Claim): Promise<Grant> {
    return new Promise((answer) => {
      this.#waiting.push({ claim, answer });
      if (!this.#asking) void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    // Claims of the same turn of the event loop share one call.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const grants = await this.#grants(batch.map(({ claim }) => claim));
      batch.forEach(({ claim, answer }, index) => answer(grants[index] ?? alone(claim)));
    }
    this.#asking = false;
  }

  async #grants(claims: readonly Claim[]): Promise<readonly Grant[]> {
    if (performance.now() >= this.#leftAloneUntil) {
      try {
        const grants = await this.ledger.take(claims);
        this.count('shared', claims.length);
        return grants;
      } catch (error) {
        this.#leftAloneUntil = performance.now() + LEAVE_ALONE_MS;
        this.#logger.warn({ error }, 'request budgets are not shared; this instance limits on its own');
      }
    }
    this.count('alone', claims.length);
    return claims.map(alone);
  }
}

function alone({ budget, held }: Claim): Grant {
  const left = Math.max(budget - held, 0);
  const granted = Math.ceil(left / GRANT_SHARE);
  return { granted, remaining: left - granted };
}
