-- The way back of 034.
set lock_timeout = '5s';
set role tm_owner;
drop function app.find_ingest_key(bytea);
drop function app.open_ingest_session(uuid, jsonb, text);
drop function app.may_report(text);
drop function app.reporting_team_ids();
drop function app.ingest_project();
drop policy projects_auth_select_policy on public.projects;
revoke select on public.projects from tm_auth;
revoke select (team_id, project_key, deleted_at) on public.projects from tm_auth;
drop table public.ingest_keys;
delete from public.migrations
where name = 'IngestKeys1800000000034'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
