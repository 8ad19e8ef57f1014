import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Task } from '../tasks/task.dto.js';
import type { AnalyticsRequest } from './analytics-request.js';
import { filterValues, groupKeys, iso, MATCHING, TEAMS } from './task-flow.queries.js';
import type { TimesRow } from './task-flow.rules.js';

export interface AgeRow {
  readonly place: number;
  readonly tasks: number;
  readonly overdue: number;
  readonly age: number;
}

export interface NameRow {
  readonly key: string;
  readonly name: string;
}

/** Boundaries in days between the age classes of open tasks. */
export const AGES = [1, 3, 7, 14, 30, 90, 180] as const;
const OLDEST = 5;
const PERCENTILES = 'array[0.5, 0.75, 0.9, 0.95]::float8[]';
// greatest() ignores nulls, so an unknown start would give a duration of 0.
const secondsSince = (start: string): string =>
  `case when ${start} is not null then greatest(extract(epoch from f.completed_at - ${start}), 0)::float8 end`;

function times(name: string, part: string, sets: string, values: unknown[]): Statement<TimesRow> {
  return statement(
    name,
    `with ${TEAMS},
done as (
  select ${part} as part, ${secondsSince('f.created_at')} as lead, ${secondsSince('f.started_at')} as cycle
  from team
  cross join lateral (
    select t.*
    from public.tasks t
    where t.team_id = team.id
      and t.status = 'completed'
      and t.deleted_at is null
      and t.completed_at >= $6
      and t.completed_at < $7
  ) f
  where ${MATCHING}
)
select
  d.part,
  grouping(d.part) = 1 as total,
  count(*)::float8 as leads,
  avg(d.lead) as "leadMean",
  percentile_cont(${PERCENTILES}) within group (order by d.lead) as "leadPercentiles",
  count(d.cycle)::float8 as cycles,
  avg(d.cycle) as "cycleMean",
  percentile_cont(${PERCENTILES}) within group (order by d.cycle) as "cyclePercentiles"
from done d
group by grouping sets (${sets})`,
    values,
  );
}

/** Lead and cycle times of completed tasks, for each bucket and for the window. */
export function taskTimes(request: AnalyticsRequest): Statement<TimesRow> {
  const { edges, from, to } = request;
  const values = [...filterValues(request), edges.map(iso), iso(from), iso(to)];
  return times('analytics.task_times', 'width_bucket(f.completed_at, $5::timestamptz[])::text', '(d.part), ()', values);
}

/** Lead and cycle times for each of these groups, and for all others combined. */
export function taskTimesByGroup(
  request: AnalyticsRequest,
  groupBy: string,
  keys: readonly string[],
): Statement<TimesRow> {
  const key = groupKeys[groupBy] ?? '';
  const values = [...filterValues(request), keys, iso(request.from), iso(request.to)];
  return times(
    `analytics.task_times_by_${groupBy}`,
    `case when ${key} = any($5::text[]) then ${key} end`,
    '(d.part)',
    values,
  );
}

const OPEN = `team
cross join lateral (
  select t.*
  from public.tasks t
  where t.team_id = team.id
    and t.deleted_at is null
    and t.status in ('pending', 'in_progress')
) f
where ${MATCHING}`;

/** Ages of open tasks. The cost grows with the number of open tasks, not of all tasks. */
export function taskAges(request: AnalyticsRequest, asOf: number): Statement<AgeRow> {
  return statement(
    'analytics.task_ages',
    `with ${TEAMS}
select
  width_bucket(extract(epoch from $5::timestamptz - f.created_at)::float8, $6::float8[]) as place,
  count(*)::float8 as tasks,
  count(*) filter (where f.due_date < $5)::float8 as overdue,
  sum(greatest(extract(epoch from $5::timestamptz - f.created_at), 0))::float8 as age
from ${OPEN}
group by 1`,
    [...filterValues(request), iso(asOf), AGES.map((days) => days * 86_400)],
  );
}

export function oldestTasks(request: AnalyticsRequest): Statement<{ readonly data: string }> {
  const shown = ['id', 'projectKey', 'ref', 'title', 'status', 'assigneeId', 'dueDate', 'createdAt'];
  return statement(
    'analytics.oldest_tasks',
    `with ${TEAMS}
select ${jsonOf(Task, 'f', shown)} as data
from ${OPEN}
order by f.created_at, f.id
limit ${OLDEST}`,
    filterValues(request),
  );
}

const names: Readonly<Record<string, string>> = {
  team: 'select t.id::text as key, t.name from public.teams t where t.id = any($1::uuid[])',
  assignee: 'select u.id::text as key, u.name from public.users u where u.id = any($1::uuid[])',
  project: `select k.key, p.name
from unnest($1::text[]) k (key)
join public.projects p on p.team_id = split_part(k.key, '/', 1)::uuid and p.project_key = split_part(k.key, '/', 2)`,
};

/** Display names of these groups; null if they have none. */
export function groupNames(groupBy: string, keys: readonly string[]): Statement<NameRow> | null {
  const text = names[groupBy];
  return text === undefined
    ? null
    : statement(`analytics.names_of_${groupBy}`, text, [keys.filter((key) => key !== '')]);
}
