-- The way back of 009.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_lease_ends on public.tasks;
drop trigger tasks_status_cascade on public.tasks;
drop trigger projects_cancelled_satisfies on public.projects;
drop trigger tasks_parent_acyclic on public.tasks;
drop trigger task_dependencies_acyclic_moved on public.task_dependencies;
drop trigger task_dependencies_acyclic on public.task_dependencies;
drop trigger tasks_open_dependencies on public.tasks;
drop trigger task_dependencies_added on public.task_dependencies;
drop trigger task_dependencies_removed on public.task_dependencies;
drop trigger workflow_states_touch on public.workflow_states;
drop trigger task_contexts_touch on public.task_contexts;
create trigger task_contexts_touch before update on public.task_contexts for each row execute function app.touch_row();
create trigger workflow_states_touch before update on public.workflow_states for each row execute function app.touch_row();
drop function app.touch_workflow_state();
alter table public.task_contexts drop column version;
alter table public.workflow_states drop column version;
select app.audit_table('public.task_contexts'), app.audit_table('public.workflow_states');
drop function app.claim_task(uuid, text, text, jsonb, integer);
drop function app.release_lease(uuid, bigint);
drop function app.extend_lease(uuid, bigint, integer);
drop function app.hold_lease(uuid, bigint);
drop function app.task_blockers(uuid);
drop function app.next_task_ids(uuid, text, text, integer, boolean, jsonb);
drop function app.fits_claim(text, jsonb, integer, uuid, jsonb);
-- Cancelled prerequisites count as open again.
alter table public.tasks no force row level security;
alter table public.task_dependencies no force row level security;
update public.tasks t
set open_dependencies = c.open
from (
  select d.team_id, d.child_task_id, count(*) filter (where p.status <> 'completed' and p.deleted_at is null) as open
  from public.task_dependencies d
  join public.tasks p on p.team_id = d.team_id and p.id = d.parent_task_id
  group by d.team_id, d.child_task_id
) c
where t.team_id = c.team_id
  and t.id = c.child_task_id
  and t.open_dependencies <> c.open;
alter table public.tasks force row level security;
alter table public.task_dependencies force row level security;
set role tm_work;
drop function app.return_expired_tasks();
drop function app.end_lease();
drop function app.cascade_status();
drop function app.recount_open_dependencies();
drop function app.refuse_parent_cycle();
drop function app.refuse_dependency_cycle();
drop function app.count_open_dependencies();
drop function app.count_removed_dependencies();
drop function app.count_added_dependencies();
set role tm_owner;
drop function app.give_back(uuid, uuid, boolean);
create function app.count_added_dependencies() returns trigger language plpgsql as $$
begin
  -- Set by an import around the dependencies of the tasks that it has inserted with their counts: counting them here
  -- would write each of them a second time, in every index.
  if current_setting('app.dependencies_counted', true) = 'on' then
    return null;
  end if;
  -- A prerequisite that is being completed at this moment must be waited for: else it would be counted as open for ever.
  perform
  from public.tasks p
  where (p.team_id, p.id) in (select a.team_id, a.parent_task_id from added a)
  order by p.id
  for share;
  update public.tasks t
  set dependency_count = t.dependency_count + c.total,
      open_dependencies = t.open_dependencies + c.open
  from (
    select
      a.team_id,
      a.child_task_id,
      count(*) as total,
      count(*) filter (where p.status <> 'completed' and p.deleted_at is null) as open
    from added a
    join public.tasks p on p.team_id = a.team_id and p.id = a.parent_task_id
    group by a.team_id, a.child_task_id
  ) c
  where t.team_id = c.team_id
    and t.id = c.child_task_id;
  return null;
end
$$;

create function app.count_removed_dependencies() returns trigger language plpgsql as $$
begin
  perform
  from public.tasks p
  where (p.team_id, p.id) in (select r.team_id, r.parent_task_id from removed r)
  order by p.id
  for share;
  update public.tasks t
  set dependency_count = t.dependency_count - c.total,
      open_dependencies = t.open_dependencies - c.open
  from (
    select
      r.team_id,
      r.child_task_id,
      count(*) as total,
      count(*) filter (where p.status <> 'completed' and p.deleted_at is null) as open
    from removed r
    left join public.tasks p on p.team_id = r.team_id and p.id = r.parent_task_id
    group by r.team_id, r.child_task_id
  ) c
  where t.team_id = c.team_id
    and t.id = c.child_task_id;
  return null;
end
$$;

create function app.count_open_dependencies() returns trigger language plpgsql as $$
begin
  update public.tasks t
  set open_dependencies = t.open_dependencies
    + case when new.status <> 'completed' and new.deleted_at is null then 1 else -1 end
  from public.task_dependencies d
  where d.team_id = new.team_id
    and d.parent_task_id = new.id
    and t.team_id = d.team_id
    and t.id = d.child_task_id;
  return null;
end
$$;

comment on function app.count_added_dependencies() is 'Keeps the two counters of the dependants when dependencies are added.';
comment on function app.count_removed_dependencies() is 'Keeps the two counters of the dependants when dependencies are removed.';
comment on function app.count_open_dependencies() is 'Opens or closes a prerequisite for its dependants.';
drop table public.task_leases;
drop table public.task_comments;
drop function app.touch_comment();
drop policy tasks_work_select_policy on public.tasks;
drop policy tasks_work_update_policy on public.tasks;
drop policy task_dependencies_work_select_policy on public.task_dependencies;
drop policy projects_work_select_policy on public.projects;
revoke all on public.tasks, public.task_dependencies, public.projects from tm_work;
drop function app.project_option(jsonb, text);
drop function app.is_open(text, timestamptz, boolean);
drop function app.task_graph_key(uuid);
drop function app.task_options_key(uuid);
revoke execute on function
  app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.admin_may(text), app.system_reason()
  from tm_work;
drop index public.tasks_next_loose_idx;
drop index public.tasks_next_idx;
create index tasks_next_idx on public.tasks (team_id, project_key, list, priority desc, dependency_count, ref_path, id)
  where deleted_at is null
    and parent_task_id is null
    and stage is null
    and open_dependencies = 0
    and status in ('pending', 'in_progress');

create trigger task_dependencies_added after insert on public.task_dependencies
  referencing new table as added
  for each statement execute function app.count_added_dependencies();
create trigger task_dependencies_removed after delete on public.task_dependencies
  referencing old table as removed
  for each statement execute function app.count_removed_dependencies();
create trigger tasks_open_dependencies after update of status, deleted_at on public.tasks
  for each row
  when ((old.status = 'completed' or old.deleted_at is not null) is distinct from (new.status = 'completed' or new.deleted_at is not null))
  execute function app.count_open_dependencies();

create function app.next_task_ids(p_team_id uuid, p_project_key text, p_list text, p_limit integer)
returns table (id uuid, ordinal bigint)
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  with place as (
    select l.team_id, l.project_key, l.list
    from public.task_lists l
    where (p_team_id is null or l.team_id = p_team_id)
      and (p_project_key is null or l.project_key = p_project_key)
      and (p_list is null or l.list = p_list)
  ),
  begun as (
    select p.team_id, p.id, p.ref_path
    from place l
    join public.tasks p
      on p.team_id = l.team_id
      and p.project_key = l.project_key
      and p.list = l.list
    where p.status = 'in_progress'
      and p.next_child > 1
      and p.stage is null
      and p.deleted_at is null
    union all
    select p.team_id, p.id, p.ref_path
    from unnest(app.current_team_ids()) g (team_id)
    join public.tasks p on p.team_id = g.team_id
    where p_project_key is null
      and p_list is null
      and (p_team_id is null or g.team_id = p_team_id)
      and p.project_key is null
      and p.status = 'in_progress'
      and p.next_child > 1
      and p.stage is null
      and p.deleted_at is null
  ),
  found as (
    select 0 as step, s.id, s.priority, s.dependency_count, b.ref_path as parent_path, s.ref_path
    from begun b
    join public.tasks s on s.team_id = b.team_id and s.parent_task_id = b.id
    where s.deleted_at is null
      and s.stage is null
      and s.open_dependencies = 0
      and s.status in ('pending', 'in_progress')
    union all
    select 1, t.id, t.priority, t.dependency_count, null, t.ref_path
    from place l
    cross join lateral (
      select t.id, t.priority, t.dependency_count, t.ref_path
      from public.tasks t
      where t.team_id = l.team_id
        and t.project_key = l.project_key
        and t.list = l.list
        and t.deleted_at is null
        and t.parent_task_id is null
        and t.stage is null
        and t.open_dependencies = 0
        and t.status in ('pending', 'in_progress')
      order by t.priority desc, t.dependency_count, t.ref_path, t.id
      limit p_limit
    ) t
    union all
    select 1, t.id, t.priority, t.dependency_count, null, null
    from unnest(app.current_team_ids()) g (team_id)
    cross join lateral (
      select t.id, t.priority, t.dependency_count
      from public.tasks t
      where t.team_id = g.team_id
        and t.project_key is null
        and t.deleted_at is null
        and t.parent_task_id is null
        and t.stage is null
        and t.open_dependencies = 0
        and t.status in ('pending', 'in_progress')
      order by t.priority desc, t.dependency_count, t.id
      limit p_limit
    ) t
    where p_project_key is null
      and p_list is null
      and (p_team_id is null or g.team_id = p_team_id)
  )
  select
    f.id,
    row_number() over (order by f.step, f.priority desc, f.dependency_count, f.parent_path, f.ref_path, f.id)
  from found f
  order by 2
  limit p_limit;
end;
comment on function app.next_task_ids(uuid, text, text, integer) is
  'What to do next, best first: pending or in progress, no stage, every dependency completed. The one place that decides it.';
grant execute on function app.next_task_ids(uuid, text, text, integer) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

delete from public.migrations
where name = 'TaskWork1700000000009'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
revoke usage on schema app from tm_work;
reset role;
revoke usage on schema public from tm_work;
