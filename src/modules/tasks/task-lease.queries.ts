import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Task } from './task.dto.js';
import { Lease } from './task-lease.dto.js';

export interface ClaimScope {
  readonly teamId: string | null;
  readonly projectKey: string | null;
  readonly list: string | null;
  /** What app.fits_claim understands. */
  readonly filter: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/** Claims the best ready task; null when nothing is ready. */
export function claimTask({ teamId, projectKey, list, filter, seconds }: ClaimScope): Statement<{ id: string | null }> {
  return statement('tasks.claim', 'select app.claim_task($1, $2, $3, $4::jsonb, $5) as id', [
    teamId,
    projectKey,
    list,
    Object.keys(filter).length > 0 ? JSON.stringify(filter) : null,
    seconds,
  ]);
}

/** A statement of its own, because the one that claims does not see what it has written. */
export function claimedTask(id: string): Statement<{ task: string; lease: string }> {
  return statement(
    'tasks.claimed',
    `select
  ${jsonOf(Task)} as task,
  ${jsonOf(Lease, 'l')} as lease
from public.tasks t
join public.task_leases l on l.team_id = t.team_id and l.task_id = t.id
where t.id = $1`,
    [id],
  );
}

/** False when there is no such task. The lease must be live. */
export function extendLease(id: string, fence: number, seconds: number | null): Statement<{ there: boolean }> {
  return statement('tasks.extend_lease', 'select app.extend_lease($1, $2, $3) as there', [id, fence, seconds]);
}

/** False when there is no such task. The lease must be live. */
export function releaseLease(id: string, fence: number): Statement<{ there: boolean }> {
  return statement('tasks.release_lease', 'select app.release_lease($1, $2) as there', [id, fence]);
}

/** Whether the last lease of a task is this one, live or not: a completion that is sent again is no stale write. */
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

/** Tasks whose leases have expired are pending again. */
export const returnExpired: Statement = statement('tasks.return_expired', 'select app.return_expired_tasks()');
