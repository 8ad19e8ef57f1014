create or replace function graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamptz default null::timestamptz, priority integer default null::integer, attempts integer default null::integer, max_attempts integer default null::integer) returns setof graphile_worker._private_jobs
    language sql
    as $$
  update graphile_worker._private_jobs as jobs
    set
      run_at = coalesce(reschedule_jobs.run_at, jobs.run_at),
      priority = coalesce(reschedule_jobs.priority::smallint, jobs.priority),
      attempts = coalesce(reschedule_jobs.attempts::smallint, jobs.attempts),
      max_attempts = coalesce(reschedule_jobs.max_attempts::smallint, jobs.max_attempts),
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;
