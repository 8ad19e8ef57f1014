create or replace function app.refuse_dependency_cycle() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Set by an import, which has read the whole graph under the same lock and checked all of it in one walk.
  if current_setting('app.dependencies_checked', true) = 'on' then
    return null;
  end if;
  perform pg_advisory_xact_lock(app.task_graph_key(g.team_id))
  from (select distinct a.team_id from added a order by a.team_id) g;
  -- A statement of its own: its snapshot is younger than the lock, so it sees what the previous holder has committed.
  -- Deleted tasks count, because they can be restored.
  if exists (
    with recursive reach (team_id, child_task_id, task_id) as (
      select a.team_id, a.child_task_id, a.parent_task_id
      from added a
      union
      select r.team_id, r.child_task_id, d.parent_task_id
      from reach r
      join public.task_dependencies d on d.team_id = r.team_id and d.child_task_id = r.task_id
    )
    select from reach r where r.task_id = r.child_task_id
  ) then
    raise exception 'the dependency would close a cycle'
      using errcode = '23514', constraint = 'task_dependencies_acyclic', table = 'task_dependencies', schema = 'public';
  end if;
  return null;
end
$$;
comment on function app.refuse_dependency_cycle() is 'A task never waits for itself, directly or through others.';
