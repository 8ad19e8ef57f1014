create or replace function app.count_removed_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock_shared(app.task_options_key(g.team_id))
  from (select distinct r.team_id from removed r order by r.team_id) g;
  perform
  from public.tasks p
  where p.id in (select r.parent_task_id from removed r)
  order by p.id
  for share;
  -- By id alone: see app.count_added_dependencies.
  with counted as materialized (
    select
      r.child_task_id,
      count(*) as total,
      count(*) filter (where app.is_open(p.status, p.deleted_at, n.cancelled_satisfies)) as open
    from removed r
    left join lateral (
      select p.status, p.deleted_at
      from public.tasks p
      where p.id = r.parent_task_id
      limit 1
    ) p on true
    cross join lateral (
      select app.project_option(j.settings, 'cancelledSatisfies') as cancelled_satisfies
      from public.tasks n
      left join public.projects j on j.team_id = n.team_id and j.project_key = n.project_key
      where n.id = r.child_task_id
      limit 1
    ) n
    group by r.child_task_id
  )
  update public.tasks t
  set dependency_count = t.dependency_count - c.total,
      open_dependencies = t.open_dependencies - c.open
  from counted c
  where t.id = c.child_task_id;
  return null;
end
$$;
comment on function app.count_removed_dependencies() is 'Keeps the two counters of the dependants when dependencies are removed.';
