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

// Of an existing row only `used` counts; `used - granted` of the excluded row is what was spent.
const LEFT_BEFORE = 'greatest(excluded.budget - b.used - (excluded.used - excluded.granted), 0)';
const share = (left: string): string => `(${left} + ${GRANT_SHARE - 1}) / ${GRANT_SHARE}`;

/** Grants each subject a share of what is left. Rows are locked in the order of the key, so that no deadlock can occur. */
export function takeBudgets(claims: readonly Claim[]): Statement<GrantRow> {
  return statement(
    'limits.take_budgets',
    `insert into public.request_budgets as b (subject, period, budget, used, granted)
select c.subject, c.period, c.budget, c.spent + c.share, c.share
from (
  select t.subject, t.period, t.budget, t.spent, ${share('greatest(t.budget - t.spent, 0)')} as share
  from unnest($1::text[], $2::bigint[], $3::int[], $4::int[]) as t (subject, period, budget, spent)
) c
order by c.subject, c.period
on conflict (subject, period) do update set
  budget = excluded.budget,
  used = b.used + (excluded.used - excluded.granted) + ${share(LEFT_BEFORE)},
  granted = ${share(LEFT_BEFORE)}
returning subject, period::text, granted, greatest(budget - used, 0) as remaining`,
    [
      claims.map(({ subject }) => subject),
      claims.map(({ period }) => period),
      claims.map(({ budget }) => budget),
      claims.map(({ spent }) => spent),
    ],
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
