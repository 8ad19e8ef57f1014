-- The way back of 026.
set lock_timeout = '5s';
set role tm_ingest;
drop function app.project_choices(text[]);
set role tm_audit;
drop function app.task_part_history(uuid, integer, timestamptz, uuid);
set role tm_owner;
drop index public.audit_logs_comment_idx;
drop index public.audit_logs_dependency_idx;
delete from public.migrations
where name = 'TaskPartHistory1800000000026'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
