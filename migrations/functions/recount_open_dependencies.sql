create or replace function app.recount_open_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sign constant integer := case when app.project_option(new.settings, 'cancelledSatisfies') then -1 else 1 end;
begin
  if app.project_option(new.settings, 'cancelledSatisfies') = app.project_option(old.settings, 'cancelledSatisfies') then
    return null;
  end if;
  perform pg_advisory_xact_lock(app.task_options_key(new.team_id));
  -- A difference and no new count: tasks may be completed meanwhile, and their triggers write differences as well.
  with counted as materialized (
    select d.child_task_id, count(*)::integer as total
    from public.tasks p
    cross join lateral (
      select d.child_task_id
      from public.task_dependencies d
      where d.team_id = p.team_id
        and d.parent_task_id = p.id
      offset 0
    ) d
    where p.team_id = new.team_id
      and p.status = 'cancelled'
      and p.deleted_at is null
    group by d.child_task_id
  )
  update public.tasks t
  set open_dependencies = t.open_dependencies + v_sign * c.total
  from counted c
  where t.team_id = new.team_id
    and t.id = c.child_task_id
    and t.project_key = new.project_key;
  return null;
end
$$;
comment on function app.recount_open_dependencies() is 'Opens or closes cancelled prerequisites when a project changes its mind about them.';
