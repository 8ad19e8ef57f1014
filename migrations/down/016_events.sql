-- The way back of 016: the events are gone; the trail keeps its rows.
set lock_timeout = '5s';
set role tm_owner;
revoke select (id, owner_id, is_personal) on public.teams from tm_relay;
revoke select (id, team_id, project_key) on public.projects from tm_relay;
revoke select on public.audit_logs, public.tasks from tm_relay;
drop policy teams_relay_select_policy on public.teams;
drop policy projects_relay_select_policy on public.projects;
drop policy tasks_relay_select_policy on public.tasks;
drop policy audit_logs_relay_select_policy on public.audit_logs;
revoke select on sequence public.audit_logs_seq from tm_relay;
set role tm_auth;
set role tm_relay;
drop function app.event_position(timestamptz);
drop function app.event_bounds();
set role tm_owner;
drop table public.task_due_notices;
drop table public.event_relay;
drop table public.events;
drop function app.event_permissions();
delete from public.migrations
where name = 'Events1800000000016'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
