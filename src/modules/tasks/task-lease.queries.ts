import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { filterJson } from '../../platform/schema/filter-sql.js';
import type { FilterRequest } from '../../platform/schema/list-request.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { FILTER_SQL } from './next-tasks.queries.js';
import type { WorkPlace } from './task-places.queries.js';
import { Task } from './task.dto.js';
import { Lease } from './task-lease.dto.js';

/** A claimed task and its lease, both as JSON. */
export interface ClaimedTask {
  readonly task: string;
  readonly lease: string;
}

const CLAIMED = `${jsonOf(Task)} as task,
  ${jsonOf(Lease, 'l')} as lease`;

/** Claims the best ready task of the place that app.work_place finds; no row if no task is ready. */
export function claimTask(
  { teamId, projectKey, list }: WorkPlace,
  filter: FilterRequest,
  seconds: number,
): Statement<ClaimedTask> {
  return statement(
    'tasks.claim',
    `select
  ${CLAIMED}
from app.work_place($1, $2) w
cross join lateral app.claim_task(w.team_id, w.project_key, $3, ${FILTER_SQL}, $6) c (id)
cross join lateral app.claimed_task(c.id) r
cross join lateral (select (r.task).*) t
cross join lateral (select (r.lease).*) l`,
    [teamId, projectKey, list, filterJson(filter), filter.search ?? null, seconds],
  );
}

/** A claimed task with its lease, for a statement after the one that changed them. */
export function claimedTask(id: string): Statement<ClaimedTask> {
  return statement(
    'tasks.claimed',
    `select
  ${CLAIMED}
from public.tasks t
join public.task_leases l on l.team_id = t.team_id and l.task_id = t.id
where t.id = $1`,
    [id],
  );
}

/** Extends a live lease; `there` is false if the task does not exist. */
export function extendLease(id: string, fence: number, seconds: number | null): Statement<{ there: boolean }> {
  return statement('tasks.extend_lease', 'select app.extend_lease($1, $2, $3) as there', [id, fence, seconds]);
}

/** Ends a live lease; `there` is false if the task does not exist. */
export function releaseLease(id: string, fence: number): Statement<{ there: boolean }> {
  return statement('tasks.release_lease', 'select app.release_lease($1, $2) as there', [id, fence]);
}

/**
 * Whether this is the last lease of a task, live or expired. Then a repeated completion is a retry, not a stale write.
 */
export function isLastLease(id: string, fence: number): Statement<{ holds: boolean }> {
  return statement(
    'tasks.is_last_lease',
    `select exists (
  select
  from public.task_leases l
  where l.task_id = $1
    and l.fence = $2
    and l.holder_id = app.current_user_id()
) as holds`,
    [id, fence],
  );
}

/** Sets tasks with an expired lease back to pending. */
export const returnExpired: Statement = statement('tasks.return_expired', 'select app.return_expired_tasks()');
