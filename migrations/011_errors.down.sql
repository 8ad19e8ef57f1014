-- The way back of 011. Merged errors stay as rows of their own, with a count of one because none is not possible before.
set lock_timeout = '5s';
set role tm_ingest;
drop function app.prune_errors(integer, integer, integer);
drop function app.merge_errors(uuid, uuid, integer);
drop function app.expire_error_ignores();
set role tm_owner;
drop trigger error_logs_status on public.error_logs;
set role tm_ingest;
drop function app.note_error_status();
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
drop policy workflow_states_ingest_select_policy on public.workflow_states;
drop policy teams_ingest_select_policy on public.teams;
drop policy error_logs_ingest_policy on public.error_logs;
revoke select (id, team_id) on public.workflow_states from tm_ingest;
revoke select (deleted_at) on public.projects from tm_ingest;
-- Validations (010) go on using the rest, where they are.
do $$
begin
  if to_regclass('public.validation_findings') is null then
    drop policy validation_results_ingest_select_policy on public.validation_results;
    drop policy tasks_ingest_select_policy on public.tasks;
    drop policy projects_ingest_select_policy on public.projects;
    revoke select (id, team_id) on public.validation_results from tm_ingest;
    revoke select (id, team_id, project_key) on public.tasks from tm_ingest;
    revoke select (team_id, project_key) on public.projects from tm_ingest;
    revoke execute on function
      app.new_id(), app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin()
      from tm_ingest;
    revoke usage on schema app from tm_ingest;
  end if;
end
$$;
revoke execute on function app.system_reason() from tm_ingest;
revoke select (id, owner_id, is_personal) on public.teams from tm_ingest;
revoke select, insert, update on public.error_logs from tm_ingest;
drop trigger error_logs_touch on public.error_logs;
drop function app.touch_error();
-- FORCE binds the owner, who would change nothing.
alter table public.error_logs disable trigger user;
alter table public.error_logs no force row level security;
update public.error_logs
set occurrence_count = 1
where occurrence_count = 0;
alter table public.error_logs force row level security;
alter table public.error_logs enable trigger user;
create trigger error_logs_touch before update on public.error_logs
  for each row execute function app.touch_versioned_row();
drop index public.error_logs_ignored_until_idx;
drop index public.error_logs_merged_into_idx;
drop index public.error_logs_assignee_idx;
drop index public.error_logs_project_idx;
drop index public.error_logs_fingerprint_key;
alter table public.error_logs
  drop constraint error_logs_occurrence_count_check,
  drop constraint error_logs_merged_into_check,
  drop constraint error_logs_merged_into_fkey,
  drop constraint error_logs_assignee_fkey,
  drop constraint error_logs_project_fkey,
  drop constraint error_logs_team_id_id_key,
  drop column search,
  drop column merged_into,
  drop column ignored_until_users,
  drop column ignored_until_count,
  drop column ignored_until,
  drop column resolved_in_next_release,
  drop column resolved_in_version,
  drop column first_service_version,
  drop column users_affected,
  drop column assignee_id,
  drop column fingerprint_source,
  drop column fingerprint_version,
  drop column fingerprint,
  drop column title,
  drop column project_key,
  add constraint error_logs_occurrence_count_check check (occurrence_count >= 1);
comment on column public.error_logs.service_version is null;
do $$
begin
  if to_regprocedure('app.audit_table(regclass, text[], text[])') is not null then
    perform app.audit_table('public.error_logs', '{}', '{occurrence_count,last_occurred_at}');
  end if;
end
$$;
delete from public.migrations
where name = 'Errors1700000000011'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
