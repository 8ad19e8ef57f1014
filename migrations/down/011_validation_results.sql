-- The way back of 011.
set lock_timeout = '5s';
set role tm_owner;
revoke select, insert, update on public.validation_results from tm_ingest;
revoke select (team_id, project_key, settings) on public.projects from tm_ingest;
revoke select (id, team_id, project_key, deleted_at) on public.tasks from tm_ingest;
drop policy validation_results_ingest_update_policy on public.validation_results;
drop policy validation_results_ingest_insert_policy on public.validation_results;
drop policy validation_results_ingest_select_policy on public.validation_results;
drop policy projects_ingest_select_policy on public.projects;
drop policy tasks_ingest_select_policy on public.tasks;
drop trigger validation_results_outdate on public.validation_results;
drop trigger validation_results_touch on public.validation_results;
revoke execute on function app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.system_reason(), app.new_id(), app.merge_patch(jsonb, jsonb)
  from tm_ingest;
set role tm_ingest;
drop function app.retry_validation(uuid, integer);
drop function app.change_validation(uuid, integer, jsonb, jsonb);
drop function app.record_validation(jsonb);
drop function app.begin_import(uuid, text, jsonb);
drop function app.writable_validation(uuid);
set role tm_owner;
drop function app.latest_validations(uuid, uuid, text);
drop function app.validation_has_ended(text);
drop table public.validation_attempts;
set role tm_ingest;
drop function app.touch_validation();
drop function app.outdate_validations();
set role tm_owner;
delete from public.migrations
where name = 'ValidationResults1800000000011'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
