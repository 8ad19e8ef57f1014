import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';

/**
 * Releases the jobs of dead workers. The library itself waits four hours. A worker is dead when its advisory lock is free,
 * because that lock ends with its connection; workers that have just started are skipped, because they may not have it yet.
 */
export function freeAbandonedJobs(): Statement {
  return statement(
    'jobs.free_abandoned',
    `select graphile_worker.force_unlock_workers(array_agg(gone.locked_by))
from (
  select held.locked_by
  from (
    select j.locked_by
    from graphile_worker._private_jobs j
    where j.locked_by is not null
      and j.locked_at < now() - interval '3 seconds'
    union
    select q.locked_by
    from graphile_worker._private_job_queues q
    where q.locked_by is not null
      and q.locked_at < now() - interval '3 seconds'
    offset 0
  ) held
  where pg_try_advisory_xact_lock(hashtext('taskmaster worker'), hashtext(held.locked_by))
) gone
having count(*) > 0`,
  );
}

/** Deletes queues without jobs: each kind of job may create any number of them. */
export function dropEmptyQueues(): Statement {
  return statement(
    'jobs.drop_empty_queues',
    `delete from graphile_worker._private_job_queues q
where q.locked_at is null
  and not exists (
    select
    from graphile_worker._private_jobs j
    where j.job_queue_id = q.id
  )`,
  );
}

export interface JobFigures {
  readonly task: string;
  readonly due: number;
  readonly later: number;
  readonly seconds: number;
}

/** Counts jobs by kind: due now, due later, and the seconds that the oldest one has been due. */
export function countJobs(): Statement<JobFigures> {
  return statement(
    'jobs.count',
    `select
  t.identifier as task,
  count(*) filter (where j.run_at <= now())::int as due,
  count(*) filter (where j.run_at > now())::int as later,
  coalesce(greatest(extract(epoch from now() - min(j.run_at)), 0), 0)::float8 as seconds
from graphile_worker._private_jobs j
join graphile_worker._private_tasks t on t.id = j.task_id
where j.is_available
group by t.identifier`,
  );
}
