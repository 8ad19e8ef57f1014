create or replace function graphile_worker.complete_jobs(job_ids bigint[]) returns setof graphile_worker._private_jobs
    language sql
    as $$
  delete from graphile_worker._private_jobs as jobs
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;
