-- The way back of 014.
set lock_timeout = '5s';
set role tm_owner;
drop trigger error_logs_status on public.error_logs;
revoke select (id, team_id) on public.workflow_states from tm_ingest;
revoke select (id, deleted_at) on public.projects from tm_ingest;
revoke select (id, name) on public.teams from tm_ingest;
drop policy workflow_states_ingest_select_policy on public.workflow_states;
drop policy teams_ingest_select_policy on public.teams;
revoke select, insert, update on public.error_logs from tm_ingest;
drop policy error_logs_ingest_policy on public.error_logs;
set role tm_ingest;
drop function app.prune_errors(integer, integer, integer);
drop function app.merge_errors(uuid, uuid, integer);
drop function app.expire_error_ignores();
drop function app.record_errors(jsonb);
set role tm_owner;
drop function app.place_errors(jsonb);
drop function app.is_older_release(uuid, text, text, text, text, timestamptz);
drop function app.release_key(text);
drop table public.error_resolutions;
drop table public.error_releases;
drop table public.error_users;
drop table public.error_hourly_counts;
drop table public.error_occurrences;
set role tm_ingest;
drop function app.note_error_status();
set role tm_owner;
delete from public.migrations
where name = 'Errors1800000000014'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
