-- 026: the history of a task tells its dependencies and comments, and a refused report of an error the projects to choose
-- from.
set lock_timeout = '5s';
set role tm_owner;

-- Without them, each page of a history would read the whole trail. They hold only the rows of one table.
create index audit_logs_dependency_idx on public.audit_logs
  (((record_key ->> 'child_task_id')::uuid), occurred_at desc, id desc)
  where table_name = 'task_dependencies';
create index audit_logs_comment_idx on public.audit_logs
  (((coalesce(new_values, old_values) ->> 'task_id')::uuid), occurred_at desc, id desc)
  where table_name = 'task_comments';

\ir functions/task_part_history.sql
\ir functions/project_choices.sql

grant execute on function app.task_part_history(uuid, integer, timestamptz, uuid) to tm_app_rw, tm_app_ro, tm_admin;
grant execute on function app.project_choices(text[]) to tm_app_rw, tm_admin;
grant create on schema app to tm_audit, tm_ingest;
alter function app.task_part_history(uuid, integer, timestamptz, uuid) owner to tm_audit;
alter function app.project_choices(text[]) owner to tm_ingest;
revoke create on schema app from tm_audit, tm_ingest;

insert into public.migrations ("timestamp", name)
select 1800000000026, 'TaskPartHistory1800000000026'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'TaskPartHistory1800000000026');

reset role;
