import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { filterJson } from '../../platform/schema/filter-sql.js';
import type { FilterRequest } from '../../platform/schema/list-request.js';
import { projection } from '../../platform/schema/projection.js';
import { Task } from './task.dto.js';
import type { WorkPlace } from './task-places.queries.js';
import type { TaskRow } from './task.queries.js';

/** What app.fits_task_filter reads, of the filters in $4 and the text of the search in $5. */
export const FILTER_SQL = `case
  when $5::text is null then $4::jsonb
  else coalesce($4::jsonb, '{}') || jsonb_build_object('search', app.search_query($5)::text)
end`;

/**
 * The best ready tasks of the place that app.work_place finds for team and project.
 *
 * The lateral join fixes the join order. The planner estimates a thousand rows for any function, and without it would
 * read every task of the tenant to find the few that the function returned.
 */
export function nextTasks(
  { teamId, projectKey, list }: WorkPlace,
  filter: FilterRequest,
  limit: number,
): Statement<TaskRow> {
  const next = statement<TaskRow>(
    'tasks.next',
    `select
  t.id,
  t.version,
  ${projection(Task)}
from app.work_place($1, $2) w
cross join lateral app.next_task_ids(w.team_id, w.project_key, $3, $6, false, ${FILTER_SQL}) n
cross join lateral (
  select *
  from public.tasks
  where tasks.id = n.id
  limit 1
) t
order by n.ordinal`,
    [teamId, projectKey, list, filterJson(filter), filter.search ?? null, limit],
  );
  return { ...next, jsonFrom: 2 };
}
