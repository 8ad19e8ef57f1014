import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Task } from './task.dto.js';
import type { TaskRow } from './task.queries.js';

/**
 * The best ready tasks of the place that app.work_place finds for team and project.
 *
 * The lateral join fixes the join order. The planner estimates a thousand rows for any function, and without it would
 * read every task of the tenant to find the few that the function returned.
 */
export function nextTasks(
  teamId: string | null,
  projectKey: string | null,
  list: string | null,
  limit: number,
): Statement<TaskRow> {
  return statement(
    'tasks.next',
    `select
  t.id,
  t.version,
  ${jsonOf(Task)} as data
from app.work_place($1, $2) w
cross join lateral app.next_task_ids(w.team_id, w.project_key, $3, $4) n
cross join lateral (
  select *
  from public.tasks
  where tasks.id = n.id
  limit 1
) t
order by n.ordinal`,
    [teamId, projectKey, list, limit],
  );
}
