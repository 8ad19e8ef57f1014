create or replace function app.count_added_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Set by an import around the dependencies of the tasks that it has inserted with their counts: counting them here
  -- would write each of them a second time, in every index.
  if current_setting('app.dependencies_counted', true) = 'on' then
    return null;
  end if;
  perform pg_advisory_xact_lock_shared(app.task_options_key(g.team_id))
  from (select distinct a.team_id from added a order by a.team_id) g;
  -- A prerequisite that is being completed at this moment must be waited for: else it would be counted as open for ever.
  perform
  from public.tasks p
  where p.id in (select a.parent_task_id from added a)
  order by p.id
  for share;
  -- One look-up by id for each row, without the team, which a foreign key ensures: before statistics know a team the planner
  -- takes it for one row, and may read all of it for each look-up (measured: 1.2 s for 2,000 dependencies) or join every pair.
  with counted as materialized (
    select
      a.child_task_id,
      count(*) as total,
      count(*) filter (where app.is_open(p.status, p.deleted_at, n.cancelled_satisfies)) as open
    from added a
    cross join lateral (
      select p.status, p.deleted_at
      from public.tasks p
      where p.id = a.parent_task_id
      limit 1
    ) p
    cross join lateral (
      select app.project_option(j.settings, 'cancelledSatisfies') as cancelled_satisfies
      from public.tasks n
      left join public.projects j on j.team_id = n.team_id and j.project_key = n.project_key
      where n.id = a.child_task_id
      limit 1
    ) n
    group by a.child_task_id
  )
  update public.tasks t
  set dependency_count = t.dependency_count + c.total,
      open_dependencies = t.open_dependencies + c.open
  from counted c
  where t.id = c.child_task_id;
  return null;
end
$$;
comment on function app.count_added_dependencies() is 'Keeps the two counters of the dependants when dependencies are added.';
