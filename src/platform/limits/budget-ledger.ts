/** A request of an instance for a share of a subject's budget. */
export interface Claim {
  readonly subject: string;
  readonly period: number;
  /** Requests per minute, over all instances. */
  readonly budget: number;
  /** The share that this instance has had so far; it alone counts while the ledger is away. */
  readonly held: number;
}

export interface Grant {
  /** Requests that this instance may admit. */
  readonly granted: number;
  /** What is left for all instances after this grant. */
  readonly remaining: number;
}

/** The budgets that all instances share. Grants are in the order of the claims. */
export interface BudgetLedger {
  take(claims: readonly Claim[]): Promise<readonly Grant[]>;
}

export const PERIOD_MS = 60_000;

/**
 * A grant is a twentieth of what is left, rounded up. A busy subject therefore needs about 130 grants a minute however large
 * its budget is, and the unused part of a grant shrinks with the budget.
 */
export const GRANT_SHARE = 20;
