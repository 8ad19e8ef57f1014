create or replace function app.end_lease() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.task_leases
  set ended_at = clock_timestamp()
  where team_id = new.team_id
    and task_id = new.id
    and ended_at is null;
  return null;
end
$$;
comment on function app.end_lease() is 'A lease ends with the work: whoever completes, cancels, resets or deletes the task, and whichever way.';
