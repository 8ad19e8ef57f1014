create or replace function app.count_open_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_change integer;
  v_change_satisfied integer;
  v_dependants uuid[];
  v_satisfied text[];
begin
  -- Not in the trigger, whose condition PostgreSQL reads from its text again with every statement.
  if (case when old.deleted_at is not null or old.status = 'completed' then 0 when old.status = 'cancelled' then 1 else 2 end)
    = (case when new.deleted_at is not null or new.status = 'completed' then 0 when new.status = 'cancelled' then 1 else 2 end)
  then
    return null;
  end if;
  if 'cancelled' in (old.status, new.status) then
    perform pg_advisory_xact_lock_shared(app.task_options_key(new.team_id));
  end if;
  -- No join of tasks with tasks: before the first ANALYZE the planner takes a team for one row, and may begin with every
  -- pair of its tasks (measured: 30 s for one completion among 1,000).
  v_dependants := array(
    select d.child_task_id
    from public.task_dependencies d
    where d.team_id = new.team_id
      and d.parent_task_id = new.id
  );
  -- Most tasks have none, and then nothing else is worked out.
  if v_dependants = '{}' then
    return null;
  end if;
  v_change := app.is_open(new.status, new.deleted_at, false)::integer
    - app.is_open(old.status, old.deleted_at, false)::integer;
  v_change_satisfied := app.is_open(new.status, new.deleted_at, true)::integer
    - app.is_open(old.status, old.deleted_at, true)::integer;
  select coalesce(array_agg(j.project_key), '{}')
  into v_satisfied
  from public.projects j
  where v_change <> v_change_satisfied
    and j.team_id = new.team_id
    and app.project_option(j.settings, 'cancelledSatisfies');
  update public.tasks t
  set open_dependencies = t.open_dependencies + case when t.project_key = any(v_satisfied) then v_change_satisfied else v_change end
  where t.team_id = new.team_id
    and t.id = any(v_dependants)
    and case when t.project_key = any(v_satisfied) then v_change_satisfied else v_change end <> 0;
  return null;
end
$$;
comment on function app.count_open_dependencies() is 'Opens or closes a prerequisite for its dependants.';
