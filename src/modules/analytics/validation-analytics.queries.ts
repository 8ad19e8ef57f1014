import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { VALIDATION_STATUSES } from '../validations/validation.dto.js';
import type { AnalyticsRequest } from './analytics-request.js';
import { iso, TEAMS } from './task-flow.queries.js';
import type { FlakyRow, ValidationRow } from './validation-figures.rules.js';

const keys: Readonly<Record<string, string>> = {
  type: 'v.validation_type::text',
  status: 'v.validation_status::text',
  project: `v.team_id || '/' || coalesce(v.project_key, '')`,
};

// Through the index on (team_id, created_at), so the cost grows with the window.
const RECORDED = `team
cross join lateral (
  select r.id, r.team_id, r.task_id, r.project_key, r.validation_type, r.validation_status, r.commit_sha,
    r.execution_time_ms, r.created_at
  from public.validation_results r
  where r.team_id = team.id
    and r.created_at >= $4
    and r.created_at < $5
) v
where ($2::text is null or v.project_key = $2)
  and ($3::text is null or v.validation_type = $3)`;

const values = ({ filters, from, to }: AnalyticsRequest): unknown[] => [
  filters.teamId,
  filters.projectKey,
  filters.type,
  iso(from),
  iso(to),
];

const FIGURES = `count(*)::float8 as total,
  ${VALIDATION_STATUSES.map((status) => `count(*) filter (where v.validation_status = '${status}')::float8 as ${status}`).join(',\n  ')},
  count(v.execution_time_ms)::float8 as measured,
  avg(v.execution_time_ms)::float8 / 1000 as mean,
  percentile_cont(array[0.5, 0.75, 0.9, 0.95]::float8[])
    within group (order by v.execution_time_ms / 1000.0::float8) as percentiles`;

/** Figures by bucket, by type, by both, and in total. */
export function validationFigures(request: AnalyticsRequest): Statement<ValidationRow> {
  return statement(
    'analytics.validations',
    `with ${TEAMS},
v as (
  select v.*, width_bucket(v.created_at, $6::timestamptz[]) as bucket
  from ${RECORDED}
)
select
  case when grouping(v.bucket) = 0 then v.bucket end as bucket,
  v.validation_type as key,
  grouping(v.validation_type) = 0 as keyed,
  ${FIGURES}
from v
group by grouping sets ((), (v.bucket), (v.validation_type), (v.validation_type, v.bucket))`,
    [...values(request), request.edges.map(iso)],
  );
}

/** The largest groups by name; the others combined under null. */
export function validationFiguresByGroup(request: AnalyticsRequest, groupBy: string): Statement<ValidationRow> {
  return statement(
    `analytics.validations_by_${groupBy}`,
    `with ${TEAMS},
v as (
  select v.*, ${keys[groupBy] ?? ''} as key
  from ${RECORDED}
),
largest as (
  select v.key
  from v
  group by v.key
  order by count(*) desc, v.key
  limit $6
)
select l.key, l.key is not null as keyed, null::integer as bucket,
  ${FIGURES}
from v
left join largest l on l.key = v.key
group by l.key
order by total desc, l.key`,
    [...values(request), request.limit],
  );
}

/** Validations that both passed and failed with the same code, by type and in total. */
export function flakyValidations(request: AnalyticsRequest): Statement<FlakyRow> {
  return statement(
    'analytics.flaky_validations',
    `with ${TEAMS},
v as (
  select v.*
  from ${RECORDED}
),
outcome as (
  select v.id, v.task_id, v.validation_type, v.commit_sha, v.validation_status
  from v
  union all
  select v.id, v.task_id, v.validation_type, v.commit_sha, a.validation_status
  from v
  join public.validation_attempts a on a.team_id = v.team_id and a.validation_result_id = v.id
),
judged as (
  select
    o.validation_type,
    bool_or(o.validation_status = 'passed') and bool_or(o.validation_status = 'failed') as flaky
  from outcome o
  where o.validation_status in ('passed', 'failed')
  group by o.validation_type, o.task_id, coalesce(o.commit_sha, o.id::text)
)
select j.validation_type as type, count(*)::float8 as judged, count(*) filter (where j.flaky)::float8 as flaky
from judged j
group by grouping sets ((), (j.validation_type))`,
    values(request),
  );
}
