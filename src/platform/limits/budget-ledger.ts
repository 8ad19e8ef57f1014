/** What an instance asks for: more of a subject's requests in a minute. */
export interface Claim {
  readonly subject: string;
  readonly period: number;
  /** Requests in a minute, all instances together. */
  readonly budget: number;
  /** Requests that were let through without being asked for. */
  readonly spent: number;
  /** What this instance has of the budget so far, `spent` included: all that counts when it is on its own. */
  readonly held: number;
}

export interface Grant {
  /** Requests that this instance may let through now. */
  readonly granted: number;
  /** What is left for everybody after that. */
  readonly remaining: number;
}

/** Where the instances share the budgets. One call for many subjects; the answers are in the order of the claims. */
export interface BudgetLedger {
  take(claims: readonly Claim[]): Promise<readonly Grant[]>;
}

export const PERIOD_MS = 60_000;

/**
 * A grant is a twentieth of what is left, rounded up. So a subject that goes on asks some 130 times a minute however
 * large its budget is, and what an instance holds and does not need shrinks with what is left.
 */
export const GRANT_SHARE = 20;
