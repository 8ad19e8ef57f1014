import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Task } from './task.dto.js';
import type { TaskRow } from './task.queries.js';

/**
 * The lateral look-up keeps the planner from the other way round: it takes any function for a thousand rows, and would
 * read every task of the tenant to find the few that were named.
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
from app.next_task_ids($1, $2, $3, $4) n
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
