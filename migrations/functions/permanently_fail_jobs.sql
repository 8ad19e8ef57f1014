create or replace function graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text default null::text) returns setof graphile_worker._private_jobs
    language sql
    as $$
  update graphile_worker._private_jobs as jobs
    set
      last_error = coalesce(error_message, 'Manually marked as failed'),
      attempts = max_attempts,
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;
