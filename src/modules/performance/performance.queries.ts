import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { Measurement } from './performance.rules.js';

/** Inserts all measurements of one sample in one statement. */
export function insertMeasurements(instance: string, measurements: readonly Measurement[]): Statement {
  return statement(
    'performance.insert',
    `insert into public.performance_metrics (metric_name, metric_value, metric_unit, labels, instance)
select m.name, m.value, m.unit, m.labels, $1
from jsonb_to_recordset($2::jsonb) as m (name text, value double precision, unit text, labels jsonb)`,
    [instance, JSON.stringify(measurements)],
  );
}

/** A step of the roll-up: rows of one resolution that are older than this are combined into one row per period. */
export interface RollUp {
  readonly from: 'raw' | 'hour';
  readonly to: 'hour' | 'day';
  readonly afterDays: number;
}

/**
 * Only complete periods are combined, so that no period is summed twice. A double is cast to numeric through its
 * shortest text, because the direct cast keeps only 15 of up to 17 digits. A mean that is too small for a double is zero:
 * PostgreSQL refuses to round it, and the roll-up would fail from then on.
 */
export function rollUp({ from, to, afterDays }: RollUp): Statement {
  return statement(
    'performance.roll_up',
    `with gone as (
  delete from public.performance_metrics m
  where m.resolution = $1::text
    and m.recorded_at < date_trunc($2::text, now() - make_interval(days => $3::int), 'UTC')
  returning
    m.metric_name, m.metric_unit, m.labels, m.instance, m.samples,
    date_trunc($2::text, m.recorded_at, 'UTC') as period,
    coalesce(m.metric_min, m.metric_value) as least,
    coalesce(m.metric_max, m.metric_value) as most,
    coalesce(m.metric_sum, m.metric_value::text::numeric) as total
)
insert into public.performance_metrics (
  metric_name, metric_unit, labels, instance, recorded_at, resolution,
  samples, metric_value, metric_min, metric_max, metric_sum)
select
  g.metric_name, g.metric_unit, g.labels, g.instance, g.period, $2::text,
  sum(g.samples), case when abs(sum(g.total)) < 1e-290 then 0 else sum(g.total) / sum(g.samples) end, min(g.least), max(g.most), sum(g.total)
from gone g
group by g.metric_name, g.metric_unit, g.labels, g.instance, g.period`,
    [from, to, afterDays],
  );
}

export function dropOldMeasurements(keepDays: number): Statement {
  return statement(
    'performance.drop_old',
    `delete from public.performance_metrics m
where m.recorded_at < now() - make_interval(days => $1::int)`,
    [keepDays],
  );
}
