-- 015: what analytics read of tasks. A history that grows must not be scanned again for every figure, so what happens to
-- tasks is counted as it happens (docs/decisions/0012-analytics.md).
set lock_timeout = '5s';
set role tm_owner;

-- Cycle and lead times: the cost follows what was completed in the window.
create index tasks_team_completed_idx on public.tasks (team_id, completed_at) include (created_at, started_at)
  where status = 'completed' and deleted_at is null;

-- ---------------------------------------------------------------------------------------------------------------
-- Flow: how many tasks went from one status to another, and when
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/quarter_hour.sql

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
\ir functions/steps_of_new_task.sql
\ir functions/count_new_tasks.sql
\ir functions/count_task_flow.sql
\ir functions/count_changed_task.sql
\ir functions/count_removed_task.sql
\ir functions/fold_task_flow.sql

grant execute on function
  app.quarter_hour(timestamptz), app.system_reason(), app.steps_of_new_task(public.tasks),
  app.count_task_flow(public.tasks, timestamptz, text, text, integer)
  to tm_flow;
grant execute on function app.fold_task_flow() to tm_background;
grant create on schema app to tm_flow;
alter function app.count_new_tasks() owner to tm_flow;
alter function app.count_changed_task() owner to tm_flow;
alter function app.count_removed_task() owner to tm_flow;
alter function app.fold_task_flow() owner to tm_flow;
revoke create on schema app from tm_flow;
set role tm_flow;
-- Whoever makes a trigger must be allowed to execute its function.
grant execute on function app.count_new_tasks(), app.count_changed_task(), app.count_removed_task() to tm_owner;
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

insert into public.migrations ("timestamp", name)
select 1800000000015, 'TaskFlow1800000000015'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'TaskFlow1800000000015');

reset role;
