create or replace function app.claimed_task(p_id uuid) returns table (task public.tasks, lease public.task_leases)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select t, l
  from public.tasks t
  join public.task_leases l on l.team_id = t.team_id and l.task_id = t.id
  where t.id = p_id;
$$;
comment on function app.claimed_task(uuid) is
  'A task and its last lease. Volatile, so it sees what the statement that calls it has written before, as a claim does.';
