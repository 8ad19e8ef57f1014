-- 012: what analytics read. A history that grows must not be scanned again for every figure, so what happens to tasks is
-- counted as it happens (docs/decisions/0012-analytics.md).
set lock_timeout = '5s';

-- As in 001: the role belongs to the cluster, and another database may have made it.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_flow') then
      create role tm_flow nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tm_flow to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_flow to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'some role memberships were not granted: %', sqlerrm;
  end;
end
$$;
grant usage on schema public to tm_flow;

set role tm_owner;
grant usage on schema app to tm_flow;

-- ---------------------------------------------------------------------------------------------------------------
-- When work on a task began
-- ---------------------------------------------------------------------------------------------------------------
alter table public.tasks add column started_at timestamptz;
comment on column public.tasks.started_at is 'When the task was in progress for the first time. Kept by a trigger.';

create function app.note_task_start() returns trigger language plpgsql as $$
begin
  new.started_at := greatest(new.updated_at, new.created_at);
  return new;
end
$$;
comment on function app.note_task_start() is 'The first time that a task is in progress.';

-- Its name comes after tasks_touch, which sets updated_at.
create trigger tasks_touch_started before insert or update on public.tasks
  for each row
  when (new.status = 'in_progress' and new.started_at is null)
  execute function app.note_task_start();

-- Nobody's change: no version and no trail. What had been completed before keeps no start, because nobody wrote it down.
alter table public.tasks disable trigger user;
alter table public.tasks no force row level security;
update public.tasks
set started_at = greatest(updated_at, created_at)
where status = 'in_progress';
alter table public.tasks enable trigger user;

-- Cycle and lead times: the cost follows what was completed in the window.
create index tasks_team_completed_idx on public.tasks (team_id, completed_at) include (created_at, started_at)
  where status = 'completed' and deleted_at is null;

-- ---------------------------------------------------------------------------------------------------------------
-- Flow: how many tasks went from one status to another, and when
-- ---------------------------------------------------------------------------------------------------------------
-- A quarter of an hour, because there are time zones whose midnight is not on the hour (Asia/Kathmandu: +05:45).
create function app.quarter_hour(p_moment timestamptz) returns timestamptz language sql immutable parallel safe
  return date_bin('15 minutes', p_moment, '2000-01-01 00:00:00+00');
comment on function app.quarter_hour(timestamptz) is 'The quarter of an hour that holds the moment.';

create table public.task_flow_deltas (
  team_id uuid not null,
  id bigint generated always as identity,
  project_key varchar(64),
  assignee_id uuid,
  type varchar(50) not null,
  priority integer not null,
  moment timestamptz not null,
  from_status varchar(50) not null,
  to_status varchar(50) not null,
  n integer not null,
  constraint task_flow_deltas_pkey primary key (team_id, id)
);
comment on table public.task_flow_deltas is 'What happened to tasks and is not yet in task_flow. Only ever added to, so that writers do not wait for each other; triggers write it.';
comment on column public.task_flow_deltas.from_status is 'A status; or new (just made), elsewhere (had another project, assignee, type or priority) or deleted.';
comment on column public.task_flow_deltas.to_status is 'A status; or elsewhere or deleted.';

create table public.task_flow (
  team_id uuid not null constraint task_flow_team_id_fkey references public.teams (id) on delete cascade,
  grain varchar(10) not null constraint task_flow_grain_check check (grain in ('quarter', 'month', 'ever')),
  moment timestamptz not null,
  project_key varchar(64),
  assignee_id uuid,
  type varchar(50) not null,
  priority integer not null,
  from_status varchar(50) not null,
  to_status varchar(50) not null,
  n bigint not null,
  constraint task_flow_key unique nulls not distinct
    (team_id, grain, moment, project_key, assignee_id, type, priority, from_status, to_status)
);
comment on table public.task_flow is 'The same, summed up three times: by quarter of an hour, by month (UTC) and over all time. The status of a moment is the sum over all time less what came later; months keep that short for a window of long ago.';

do $$
declare
  name text;
begin
  foreach name in array array['task_flow_deltas', 'task_flow']
  loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format(
      'create policy %I on public.%I for select to tm_app_rw, tm_app_ro, tm_analytics
       using (team_id = any((select app.current_team_ids())::uuid[]) and (select app.has_permission(''tasks:read'')))',
      name || '_select_policy', name);
    execute format(
      'create policy %I on public.%I for select to tm_admin using ((select app.admin_may(''tasks:read'')))',
      name || '_admin_select_policy', name);
    execute format('grant select on public.%I to tm_app_rw, tm_app_ro, tm_analytics, tm_admin', name);
  end loop;
end
$$;

-- tm_flow owns the functions below and nobody is a member of it: these policies open the tables to those functions alone.
create policy task_flow_deltas_flow_insert_policy on public.task_flow_deltas for insert to tm_flow with check (true);
create policy task_flow_deltas_flow_select_policy on public.task_flow_deltas for select to tm_flow using (true);
create policy task_flow_deltas_flow_delete_policy on public.task_flow_deltas for delete to tm_flow using (true);
create policy task_flow_flow_select_policy on public.task_flow for select to tm_flow using (true);
create policy task_flow_flow_insert_policy on public.task_flow for insert to tm_flow with check (true);
create policy task_flow_flow_update_policy on public.task_flow for update to tm_flow using (true) with check (true);
create policy teams_flow_select_policy on public.teams for select to tm_flow using (true);
grant select, insert, delete on public.task_flow_deltas to tm_flow;
grant select, insert, update on public.task_flow to tm_flow;
grant select (id) on public.teams to tm_flow;
grant select on sequence public.task_flow_deltas_id_seq to tm_backup;

-- ---------------------------------------------------------------------------------------------------------------
-- Counting
-- ---------------------------------------------------------------------------------------------------------------
-- A new task begins as pending when it was created. One that comes with another status (an import) got there when it was
-- completed, begun or last changed.
create function app.steps_of_new_task(p_task public.tasks)
returns table (moment timestamptz, from_status text, to_status text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
  with reached as (
    select greatest(
      p_task.created_at,
      case p_task.status
        when 'completed' then p_task.completed_at
        when 'in_progress' then p_task.started_at
        else p_task.updated_at
      end) as moment
  )
  select p_task.created_at, 'new', 'pending'
  union all
  select r.moment, 'pending', p_task.status
  from reached r
  where p_task.status <> 'pending'
  union all
  select greatest(r.moment, p_task.deleted_at), p_task.status, 'deleted'
  from reached r
  where p_task.deleted_at is not null;
end;
comment on function app.steps_of_new_task(public.tasks) is 'How a task got to where it is, from its row alone.';

create function app.count_new_tasks() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
  select a.team_id, a.project_key, a.assignee_id, a.type, a.priority, app.quarter_hour(e.moment), e.from_status, e.to_status, count(*)
  from added a
  cross join lateral app.steps_of_new_task(a) e
  group by 1, 2, 3, 4, 5, 6, 7, 8;
  return null;
end
$$;
comment on function app.count_new_tasks() is 'Counts the tasks that a statement has added.';

create function app.count_task_flow(p_task public.tasks, p_moment timestamptz, p_from text, p_to text, p_n integer)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
  values (p_task.team_id, p_task.project_key, p_task.assignee_id, p_task.type, p_task.priority,
          app.quarter_hour(p_moment), p_from, p_to, p_n);
$$;
comment on function app.count_task_flow(public.tasks, timestamptz, text, text, integer) is 'One step of one task.';

create function app.count_changed_task() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_moment timestamptz := greatest(new.created_at,
    case when new.status = 'completed' and old.status <> 'completed' then new.completed_at else new.updated_at end);
  v_before text := case when old.status = 'completed' and old.started_at is not null then 'in_progress' else 'pending' end;
begin
  -- Times that are put right after the fact, which no route of the service does.
  if new.created_at <> old.created_at then
    perform app.count_task_flow(old, old.created_at, 'new', 'pending', -1);
    perform app.count_task_flow(old, new.created_at, 'new', 'pending', 1);
  end if;
  if new.completed_at <> old.completed_at and new.status = 'completed' and old.status = 'completed' then
    perform app.count_task_flow(old, greatest(old.created_at, old.completed_at), v_before, 'completed', -1);
    perform app.count_task_flow(old, greatest(new.created_at, new.completed_at), v_before, 'completed', 1);
  end if;
  if old.deleted_at is not null then
    if new.deleted_at is null then
      perform app.count_task_flow(new, v_moment, 'deleted', old.status, 1);
    else
      return null;
    end if;
  elsif (new.team_id, new.project_key, new.assignee_id, new.type, new.priority)
    is distinct from (old.team_id, old.project_key, old.assignee_id, old.type, old.priority)
  then
    perform app.count_task_flow(old, v_moment, old.status, 'elsewhere', 1);
    perform app.count_task_flow(new, v_moment, 'elsewhere', old.status, 1);
  end if;
  if new.status <> old.status then
    perform app.count_task_flow(new, v_moment, old.status, new.status, 1);
  end if;
  if new.deleted_at is not null then
    perform app.count_task_flow(new, greatest(v_moment, new.deleted_at), new.status, 'deleted', 1);
  end if;
  return null;
end
$$;
comment on function app.count_changed_task() is 'Counts the steps that an update was: moved, changed its status, deleted, restored.';

create function app.count_removed_task() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app.count_task_flow(old, greatest(now(), old.created_at), old.status, 'deleted', 1);
  return null;
end
$$;
comment on function app.count_removed_task() is 'A row that is removed for good has left the counts like one that is marked as deleted.';

create function app.fold_task_flow() returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folded bigint;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep folds' using errcode = '42501';
  end if;
  with taken as (
    delete from public.task_flow_deltas
    returning *
  ),
  summed as (
    select d.team_id, g.grain, g.moment, d.project_key, d.assignee_id, d.type, d.priority, d.from_status, d.to_status, sum(d.n) as n
    from taken d
    -- What a team left behind that is gone meanwhile belongs to nobody.
    join public.teams t on t.id = d.team_id
    cross join lateral (
      values ('quarter', d.moment), ('month', date_trunc('month', d.moment, 'UTC')), ('ever', '-infinity')
    ) g (grain, moment)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  ),
  written as (
    insert into public.task_flow as f (
      team_id, grain, moment, project_key, assignee_id, type, priority, from_status, to_status, n)
    select s.team_id, s.grain, s.moment, s.project_key, s.assignee_id, s.type, s.priority, s.from_status, s.to_status, s.n
    from summed s
    on conflict on constraint task_flow_key do update
    set n = f.n + excluded.n
  )
  select count(*)
  into v_folded
  from taken;
  return v_folded;
end
$$;
comment on function app.fold_task_flow() is 'Moves the deltas into the sums, in one transaction, so that whoever adds both up is right at every moment. For one caller at a time.';

grant execute on function
  app.quarter_hour(timestamptz), app.system_reason(), app.steps_of_new_task(public.tasks),
  app.count_task_flow(public.tasks, timestamptz, text, text, integer)
  to tm_flow;
grant create on schema app to tm_flow;
alter function app.count_new_tasks() owner to tm_flow;
alter function app.count_changed_task() owner to tm_flow;
alter function app.count_removed_task() owner to tm_flow;
alter function app.fold_task_flow() owner to tm_flow;
revoke create on schema app from tm_flow;
set role tm_flow;
revoke execute on function
  app.count_new_tasks(), app.count_changed_task(), app.count_removed_task(), app.fold_task_flow()
  from public;
grant execute on function app.count_new_tasks(), app.count_changed_task(), app.count_removed_task() to tm_owner;
grant execute on function app.fold_task_flow() to tm_background;
set role tm_owner;

create trigger tasks_flow_insert after insert on public.tasks
  referencing new table as added
  for each statement execute function app.count_new_tasks();
-- For each row, because only then is there a condition: an update that is no step (a title, a counter) costs nothing.
create trigger tasks_flow_update after update on public.tasks
  for each row
  when (
    old.status is distinct from new.status
    or (old.deleted_at is null) is distinct from (new.deleted_at is null)
    or (old.team_id, old.project_key, old.assignee_id, old.type, old.priority)
      is distinct from (new.team_id, new.project_key, new.assignee_id, new.type, new.priority)
    or old.created_at is distinct from new.created_at
    or old.completed_at is distinct from new.completed_at
  )
  execute function app.count_changed_task();
create trigger tasks_flow_delete after delete on public.tasks
  for each row
  when (old.deleted_at is null)
  execute function app.count_removed_task();

-- What was there before. All of it at once, as deltas; the first run of the job folds them.
alter table public.task_flow_deltas no force row level security;
insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
select a.team_id, a.project_key, a.assignee_id, a.type, a.priority, app.quarter_hour(e.moment), e.from_status, e.to_status, count(*)
from public.tasks a
cross join lateral app.steps_of_new_task(a) e
group by 1, 2, 3, 4, 5, 6, 7, 8;
alter table public.task_flow_deltas force row level security;
alter table public.tasks force row level security;

-- ---------------------------------------------------------------------------------------------------------------
-- Errors: what was new and what was resolved in a window
-- ---------------------------------------------------------------------------------------------------------------
create index error_logs_team_first_idx on public.error_logs (team_id, first_occurred_at);
do $$
begin
  if to_regclass('public.error_resolutions') is not null then
    create index error_resolutions_resolved_idx on public.error_resolutions (team_id, changed_at) where to_status = 'resolved';
  end if;
end
$$;

insert into public.migrations ("timestamp", name)
select 1700000000012, 'Analytics1700000000012'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Analytics1700000000012');

reset role;
