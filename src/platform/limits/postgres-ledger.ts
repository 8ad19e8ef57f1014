import type { Database } from '../database/database.js';
import type { BudgetLedger, Claim, Grant } from './budget-ledger.js';
import { takeBudgets } from './budget.queries.js';

const NOTHING: Grant = { granted: 0, remaining: 0 };

/** Budgets in an unlogged table. */
export class PostgresLedger implements BudgetLedger {
  constructor(
    private readonly database: Database,
    private readonly withinMs: number,
  ) {}

  async take(claims: readonly Claim[]): Promise<readonly Grant[]> {
    const signal = AbortSignal.timeout(this.withinMs);
    const rows = await this.database.systemCommand('share request budgets', takeBudgets(claims), { signal });
    const grants = new Map(rows.map((row) => [`${row.subject} ${row.period}`, row]));
    return claims.map(({ subject, period }) => grants.get(`${subject} ${period}`) ?? NOTHING);
  }
}
