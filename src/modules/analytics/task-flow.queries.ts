import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { AnalyticsRequest } from './analytics-request.js';
import type { FlowRow } from './task-flow.rules.js';

export interface GroupFlowRow extends FlowRow {
  /** Null for the groups beyond the limit, combined. */
  readonly key: string;
  readonly named: boolean;
  readonly groups: number;
}

/** The key of a group as text. A project key is unique only within its team. */
export const groupKeys: Readonly<Record<string, string>> = {
  project: `f.team_id || '/' || coalesce(f.project_key, '')`,
  team: 'f.team_id::text',
  assignee: `coalesce(f.assignee_id::text, '')`,
  type: 'f.type::text',
  priority: 'f.priority::text',
};

// Teams come first, and the index finds their rows. As a plain condition, the request of an administrator, which no
// policy narrows, would read the whole table.
export const TEAMS = `team as materialized (
  select t.id
  from public.teams t
  where ($1::uuid is null or t.id = $1)
)`;

export const MATCHING = `($2::text is null or f.project_key = $2)
    and ($3::uuid is null or f.assignee_id = $3)
    and ($4::text is null or f.type = $4)`;

export const filterValues = ({ filters }: AnalyticsRequest): (string | null)[] => [
  filters.teamId,
  filters.projectKey,
  filters.assigneeId,
  filters.type,
];

export const iso = (instant: number): string => new Date(instant).toISOString();

/** Folded sums and the counts that are not folded yet. One snapshot sees each step in exactly one of the two. */
function source(condition: string, deltas: string): string {
  return `team
  cross join lateral (
    select s.team_id, s.moment, s.project_key, s.assignee_id, s.type, s.priority, s.from_status, s.to_status, s.n
    from public.task_flow s
    where s.team_id = team.id
      and ${condition}
    union all
    select d.team_id, d.moment, d.project_key, d.assignee_id, d.type, d.priority, d.from_status, d.to_status, d.n
    from public.task_flow_deltas d
    where d.team_id = team.id
      and ${deltas}
  ) f
  where ${MATCHING}`;
}

const ALL_TIME = source(`s.grain = 'ever'`, 'true');
const SINCE = source(`s.grain = 'quarter' and s.moment >= $6 and s.moment < $7`, 'd.moment >= $6');
const WITHIN = source(`s.grain = 'quarter' and s.moment >= $6 and s.moment < $7`, 'd.moment >= $6 and d.moment < $7');
const MONTHS_LATER = source(`s.grain = 'month' and s.moment >= $7`, 'false');

/** The start of the UTC month at or after this instant. */
function monthFrom(instant: number): number {
  const date = new Date(instant);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return first === instant ? first : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** Steps in each bucket of the window, and in total. */
export function taskFlow(request: AnalyticsRequest): Statement<FlowRow> {
  const { edges, from, to } = request;
  return statement(
    'analytics.task_flow',
    `with ${TEAMS},
step as (
  select 0 as bucket, f.from_status, f.to_status, f.n
  from ${ALL_TIME}
  union all
  select width_bucket(f.moment, $5::timestamptz[]), f.from_status, f.to_status, f.n
  from ${SINCE}
  union all
  select cardinality($5::timestamptz[]), f.from_status, f.to_status, f.n
  from ${MONTHS_LATER}
)
select bucket, from_status as "fromStatus", to_status as "toStatus", sum(n)::float8 as n
from step
group by 1, 2, 3`,
    [...filterValues(request), edges.map(iso), iso(from), iso(monthFrom(to))],
  );
}

/** Steps per group, with the whole window as one bucket: the largest groups by name and the others combined. */
export function taskFlowByGroup(request: AnalyticsRequest, groupBy: string): Statement<GroupFlowRow> {
  const key = groupKeys[groupBy] ?? '';
  const there = `(s.to_status not in ('elsewhere', 'deleted'))::int - (s.from_status not in ('new', 'elsewhere', 'deleted'))::int`;
  return statement(
    `analytics.task_flow_by_${groupBy}`,
    `with ${TEAMS},
summed as (
  select ${key} as key, 0 as bucket, f.from_status, f.to_status, sum(f.n) as n
  from ${ALL_TIME}
  group by 1, 2, 3, 4
  union all
  select ${key}, 1, f.from_status, f.to_status, sum(f.n)
  from ${WITHIN}
  group by 1, 2, 3, 4
),
ranked as (
  select
    s.key,
    row_number() over (
      order by sum(s.n * case s.bucket when 1 then 1 else ${there} end) desc, s.key
    ) as place
  from summed s
  group by s.key
)
select
  case when r.place <= $5 then r.key end as key,
  r.place <= $5 as named,
  (select count(*) from ranked)::int as groups,
  s.bucket,
  s.from_status as "fromStatus",
  s.to_status as "toStatus",
  sum(s.n)::float8 as n
from summed s
join ranked r on r.key = s.key
group by 1, 2, 4, 5, 6
order by min(r.place)`,
    [...filterValues(request), request.limit, iso(request.from), iso(request.to)],
  );
}

/** Folds new counts into the sums. */
export function foldTaskFlow(): Statement {
  return statement('analytics.fold_task_flow', 'select app.fold_task_flow() as folded');
}
