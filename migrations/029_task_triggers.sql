-- 029: two triggers of tasks lose conditions that cost more than they spare, and a claim is answered by the statement that
-- makes it (docs/decisions/0029-what-a-write-costs.md).
set lock_timeout = '5s';
set role tm_owner;

-- PostgreSQL reads the condition of a trigger from its text again with every statement. That of tasks_flow_update, of nine
-- columns, took longer than the call that it spared, and the columns alone keep an update of a title or a counter from it.
-- Both functions do nothing where their condition was false, also in the text that they had before this migration.
-- The role that creates a trigger needs EXECUTE on its function.
set role tm_work;
grant execute on function app.count_open_dependencies() to tm_owner;
set role tm_owner;
create or replace trigger tasks_flow_update
  after update of status, deleted_at, team_id, project_key, assignee_id, type, priority, created_at, completed_at
  on public.tasks
  for each row execute function app.count_changed_task();
create or replace trigger tasks_open_dependencies after update of status, deleted_at on public.tasks
  for each row execute function app.count_open_dependencies();
set role tm_work;
revoke execute on function app.count_open_dependencies() from tm_owner;
set role tm_owner;

\ir functions/claimed_task.sql
grant execute on function app.claimed_task(uuid) to tm_app_rw, tm_admin;

insert into public.migrations ("timestamp", name)
select 1800000000029, 'TaskTriggers1800000000029'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'TaskTriggers1800000000029');

reset role;
