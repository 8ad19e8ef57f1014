-- The way back of 001. Roles stay: they belong to the cluster and other databases may use them.
set lock_timeout = '5s';
set role tm_owner;
drop view public.active_tasks;
drop table public.performance_metrics;
drop table public.audit_logs;
drop sequence public.audit_logs_seq;
drop table public.workflow_states;
drop table public.task_contexts;
drop table public.task_dependencies;
drop table public.tasks;
drop table public.task_lists;
drop table public.projects;
drop table public.team_members;
drop table public.teams;
drop table public.idempotency_keys;
drop table public.sessions;
drop table public.api_keys;
drop table public.users;
drop table public.user_roles;
drop table public.migration_files;
drop function app.text_list(jsonb);
drop function app.note_task_start();
drop function app.touch_workflow_state();
drop function app.touch_task();
drop function app.touch_versioned_row();
drop function app.touch_row();
drop function app.merge_patch(jsonb, jsonb);
drop function app.new_id();
delete from public.migrations
where name = 'InitialSchema1800000000001'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
alter default privileges for role tm_owner grant execute on functions to public;
drop schema app;
reset role;
