import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Task } from './task.dto.js';
import type { TaskRow } from './task.queries.js';

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
join public.tasks t on t.id = n.id
order by n.ordinal`,
    [teamId, projectKey, list, limit],
  );
}
