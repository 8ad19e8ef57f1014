create or replace function app.refuse_parent_cycle() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(app.task_graph_key(new.team_id));
  if exists (
    with recursive above (id) as (
      select new.parent_task_id
      union
      select t.parent_task_id
      from above a
      join public.tasks t on t.team_id = new.team_id and t.id = a.id
      where t.parent_task_id is not null
    )
    select from above a where a.id = new.id
  ) then
    raise exception 'a task cannot be below itself'
      using errcode = '23514', constraint = 'tasks_parent_acyclic', table = 'tasks', schema = 'public';
  end if;
  return null;
end
$$;
comment on function app.refuse_parent_cycle() is 'A task is never below itself.';
