import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';
import type { Claim } from './budget-ledger.js';
import { GRANT_SHARE } from './budget-ledger.js';

interface GrantRow {
  readonly subject: string;
  readonly period: string;
  readonly granted: number;
  readonly remaining: number;
}

const share = (left: string): string => `(${left} + ${GRANT_SHARE - 1}) / ${GRANT_SHARE}`;
const LEFT_BEFORE = 'greatest(excluded.budget - b.used, 0)';

/** Grants each subject a share of what is left. Rows are locked in the order of the key, so that no deadlock can occur. */
export function takeBudgets(claims: readonly Claim[]): Statement<GrantRow> {
  return statement(
    'limits.take_budgets',
    `insert into public.request_budgets as b (subject, period, budget, used, granted)
select t.subject, t.period, t.budget, ${share('t.budget')}, ${share('t.budget')}
from unnest($1::text[], $2::bigint[], $3::int[]) as t (subject, period, budget)
order by t.subject, t.period
on conflict (subject, period) do update set
  budget = excluded.budget,
  used = b.used + ${share(LEFT_BEFORE)},
  granted = ${share(LEFT_BEFORE)}
returning subject, period::text, granted, greatest(budget - used, 0) as remaining`,
    [claims.map(({ subject }) => subject), claims.map(({ period }) => period), claims.map(({ budget }) => budget)],
  );
}

/** Deletes past minutes, except the last one, which instances with a late clock still use. */
export function dropOldBudgets(period: number): Statement {
  return statement(
    'limits.drop_old_budgets',
    `delete from public.request_budgets b
where b.period < $1::bigint - 1`,
    [period],
  );
}
