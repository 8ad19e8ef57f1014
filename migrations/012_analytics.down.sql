-- The way back of 012.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_flow_insert on public.tasks;
drop trigger tasks_flow_update on public.tasks;
drop trigger tasks_flow_delete on public.tasks;
drop trigger tasks_touch_started on public.tasks;
set role tm_flow;
drop function app.fold_task_flow();
drop function app.count_new_tasks();
drop function app.count_changed_task();
drop function app.count_removed_task();
set role tm_owner;
drop function app.steps_of_new_task(public.tasks);
drop function app.count_task_flow(public.tasks, timestamptz, text, text, integer);
drop function app.note_task_start();
drop table public.task_flow;
drop table public.task_flow_deltas;
drop function app.quarter_hour(timestamptz);
drop index if exists public.error_resolutions_resolved_idx;
drop index public.error_logs_team_first_idx;
drop index public.tasks_team_completed_idx;
alter table public.tasks drop column started_at;
drop policy teams_flow_select_policy on public.teams;
revoke select (id) on public.teams from tm_flow;
revoke execute on function app.system_reason() from tm_flow;
revoke usage on schema app from tm_flow;
delete from public.migrations
where name = 'Analytics1700000000012'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
revoke usage on schema public from tm_flow;
