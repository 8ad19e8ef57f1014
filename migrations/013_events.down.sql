-- The way back of 013. The events are gone; the trail keeps its rows.
set lock_timeout = '5s';
set role tm_relay;
drop function app.notice_due_tasks(interval);
drop function app.trim_events(interval, integer);
drop function app.event_lag();
drop function app.relay_events(integer);
drop function app.adopt_events();
drop function app.event_position(timestamptz);
drop function app.event_bounds();
set role tm_auth;
drop function app.event_audience(uuid[], uuid[], text[]);
set role tm_owner;
drop function app.derived_event_id(uuid, text);
drop function app.event_part_changes(text, jsonb, jsonb);
drop function app.event_data(text, jsonb);
drop function app.event_types(text, text, uuid, text[], jsonb, jsonb);
drop function app.event_verb(text);
drop function app.task_change_types(text[], jsonb);
drop function app.validation_change_types(text[]);
drop function app.error_change_types(text[], jsonb);
drop function app.event_fields();
drop function app.task_event_data(jsonb);
drop function app.project_event_data(jsonb);
drop function app.comment_event_data(jsonb);
drop function app.validation_event_data(jsonb);
drop function app.error_event_data(jsonb);
drop function app.team_event_data(jsonb);
drop function app.team_member_event_data(jsonb);
drop function app.user_event_data(jsonb);
drop table public.task_due_notices;
drop table public.event_relay;
drop table public.events;
drop function app.event_permissions();
drop policy teams_relay_select_policy on public.teams;
drop policy projects_relay_select_policy on public.projects;
drop policy tasks_relay_select_policy on public.tasks;
drop policy audit_logs_relay_select_policy on public.audit_logs;
revoke select on public.audit_logs, public.tasks from tm_relay;
revoke select (id, team_id, project_key) on public.projects from tm_relay;
revoke select (id, owner_id, is_personal) on public.teams from tm_relay;
revoke execute on function app.system_reason() from tm_relay;
drop index public.audit_logs_xid_idx;
alter table public.audit_logs
  drop column seq,
  drop column xid;
drop sequence public.audit_logs_seq;
revoke usage on schema app from tm_relay;
delete from public.migrations
where name = 'Events1700000000013'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
revoke usage on schema public from tm_relay;
