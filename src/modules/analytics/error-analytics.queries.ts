import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { AnalyticsRequest } from './analytics-request.js';
import { iso, TEAMS } from './task-flow.queries.js';

/** Occurrences per bucket; bucket null is the whole window. */
export interface OccurrenceRow {
  readonly bucket: number | null;
  readonly occurrences: number;
  readonly errors: number;
}

export interface ErrorGroupRow {
  readonly key: string | null;
  readonly named: boolean;
  readonly occurrences: number;
  readonly errors: number;
}

export interface ResolvedRow {
  readonly bucket: number | null;
  readonly resolved: number;
  readonly mean: number | null;
  readonly percentiles: readonly number[] | null;
}

const keys: Readonly<Record<string, string>> = {
  severity: 'e.error_severity::text',
  category: 'e.error_category::text',
  code: 'e.error_code::text',
  environment: 'e.environment::text',
  service: `coalesce(e.service_name, '')`,
  project: `e.team_id || '/' || coalesce(e.project_key, '')`,
};

const values = ({ filters, from, to }: AnalyticsRequest): unknown[] => [
  filters.teamId,
  filters.projectKey,
  iso(from),
  iso(to),
];
const withEdges = (request: AnalyticsRequest): unknown[] => [...values(request), request.edges.map(iso)];

// Exact counts of the window, through the index on (team_id, hour).
const OCCURRED = `team
cross join lateral (
  select c.team_id, c.error_id, c.hour, c.occurrence_count as n
  from public.error_hourly_counts c
  where c.team_id = team.id
    and c.hour >= $3
    and c.hour < $4
) c
join public.error_logs e on e.team_id = c.team_id and e.id = c.error_id
where ($2::text is null or e.project_key = $2)`;

export function errorOccurrences(request: AnalyticsRequest): Statement<OccurrenceRow> {
  return statement(
    'analytics.error_occurrences',
    `with ${TEAMS},
c as (
  select c.error_id, c.n, width_bucket(c.hour, $5::timestamptz[]) as bucket
  from ${OCCURRED}
)
select
  case when grouping(c.bucket) = 0 then c.bucket end as bucket,
  coalesce(sum(c.n), 0)::float8 as occurrences,
  count(distinct c.error_id)::float8 as errors
from c
group by grouping sets ((), (c.bucket))`,
    withEdges(request),
  );
}

export function errorsByGroup(request: AnalyticsRequest, groupBy: string): Statement<ErrorGroupRow> {
  return statement(
    `analytics.errors_by_${groupBy}`,
    `with ${TEAMS},
summed as (
  select ${keys[groupBy] ?? ''} as key, sum(c.n) as occurrences, count(distinct c.error_id) as errors
  from ${OCCURRED}
  group by 1
),
ranked as (
  select s.*, row_number() over (order by s.occurrences desc, s.key) as place
  from summed s
)
select
  case when r.place <= $5 then r.key end as key,
  r.place <= $5 as named,
  sum(r.occurrences)::float8 as occurrences,
  sum(r.errors)::float8 as errors
from ranked r
group by 1, 2
order by min(r.place)`,
    [...values(request), request.limit],
  );
}

export function topErrors(request: AnalyticsRequest): Statement<{ readonly data: string }> {
  return statement(
    'analytics.top_errors',
    `with ${TEAMS},
most as (
  select c.team_id, c.error_id, sum(c.n) as occurrences
  from ${OCCURRED}
  group by 1, 2
  order by 3 desc, 2
  limit $5
)
select (
  select row_to_json(j)::text
  from (
    select e.id, e.title, e.project_key as "projectKey", e.error_code as "errorCode", e.error_category as "errorCategory",
      e.error_severity as "errorSeverity", e.environment, e.service_name as "serviceName",
      e.resolution_status as "resolutionStatus", m.occurrences, e.occurrence_count as "occurrenceCount",
      e.users_affected as "usersAffected", e.first_occurred_at as "firstOccurredAt", e.last_occurred_at as "lastOccurredAt"
  ) j
) as data
from most m
join public.error_logs e on e.team_id = m.team_id and e.id = m.error_id
order by m.occurrences desc, e.id`,
    [...values(request), request.limit],
  );
}

export function newErrors(request: AnalyticsRequest): Statement<{ readonly bucket: number; readonly errors: number }> {
  return statement(
    'analytics.new_errors',
    `with ${TEAMS}
select width_bucket(e.first_occurred_at, $5::timestamptz[]) as bucket, count(*)::float8 as errors
from team
join public.error_logs e on e.team_id = team.id
where e.first_occurred_at >= $3
  and e.first_occurred_at < $4
  and e.merged_into is null
  and ($2::text is null or e.project_key = $2)
group by 1`,
    withEdges(request),
  );
}

/** The cost grows with the number of unresolved errors. */
export function unresolvedErrors({ filters }: AnalyticsRequest): Statement<{ readonly errors: number }> {
  return statement(
    'analytics.unresolved_errors',
    `with ${TEAMS}
select count(*)::float8 as errors
from team
join public.error_logs e on e.team_id = team.id
where e.resolution_status in ('unresolved', 'in_progress', 'regressed')
  and e.merged_into is null
  and ($2::text is null or e.project_key = $2)`,
    [filters.teamId, filters.projectKey],
  );
}

/** How long the errors that were resolved in the window had been open. */
export function resolvedErrors(request: AnalyticsRequest): Statement<ResolvedRow> {
  return statement(
    'analytics.resolved_errors',
    `with ${TEAMS},
done as (
  select
    width_bucket(r.changed_at, $5::timestamptz[]) as bucket,
    greatest(extract(epoch from r.changed_at - coalesce(opened.at, e.first_occurred_at)), 0)::float8 as seconds
  from team
  join public.error_resolutions r on r.team_id = team.id
  join public.error_logs e on e.team_id = r.team_id and e.id = r.error_id
  cross join lateral (
    select max(o.changed_at) as at
    from public.error_resolutions o
    where o.team_id = r.team_id
      and o.error_id = r.error_id
      and o.changed_at < r.changed_at
      and o.to_status in ('unresolved', 'regressed')
  ) opened
  where r.to_status = 'resolved'
    and r.changed_at >= $3
    and r.changed_at < $4
    and ($2::text is null or e.project_key = $2)
)
select
  case when grouping(d.bucket) = 0 then d.bucket end as bucket,
  count(*)::float8 as resolved,
  avg(d.seconds) as mean,
  percentile_cont(array[0.5, 0.75, 0.9, 0.95]::float8[]) within group (order by d.seconds) as percentiles
from done d
group by grouping sets ((), (d.bucket))`,
    withEdges(request),
  );
}
