-- The way back of 015.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_flow_delete on public.tasks;
drop trigger tasks_flow_update on public.tasks;
drop trigger tasks_flow_insert on public.tasks;
revoke execute on function app.system_reason() from tm_flow;
revoke select (id) on public.teams from tm_flow;
drop policy teams_flow_select_policy on public.teams;
drop index public.tasks_team_completed_idx;
set role tm_flow;
drop function app.fold_task_flow();
set role tm_owner;
drop function app.count_task_flow(public.tasks, timestamptz, text, text, integer);
drop function app.steps_of_new_task(public.tasks);
drop function app.quarter_hour(timestamptz);
drop table public.task_flow;
drop table public.task_flow_deltas;
set role tm_flow;
drop function app.count_removed_task();
drop function app.count_changed_task();
drop function app.count_new_tasks();
set role tm_owner;
delete from public.migrations
where name = 'TaskFlow1800000000015'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
