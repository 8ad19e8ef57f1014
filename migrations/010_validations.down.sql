-- The way back of 010. The role stays: it belongs to the cluster and other databases may use it.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_validation_gate_update on public.tasks;
drop trigger tasks_validation_gate_insert on public.tasks;
drop trigger validation_results_touch on public.validation_results;
set role tm_ingest;
drop function app.check_validation_gate();
drop function app.settle_findings(uuid, boolean);
drop function app.write_findings(uuid, jsonb, integer);
drop function app.retry_validation(uuid, integer);
drop function app.change_validation(uuid, integer, jsonb, jsonb);
drop function app.record_validation(jsonb);
drop function app.writable_validation(uuid);
drop function app.touch_validation();
set role tm_owner;
drop function app.validation_gate(uuid, uuid, jsonb);
drop function app.finding_baseline(public.validation_results);
drop function app.validation_has_ended(text);
drop policy tasks_ingest_select_policy on public.tasks;
drop policy projects_ingest_select_policy on public.projects;
drop policy validation_results_ingest_select_policy on public.validation_results;
drop policy validation_results_ingest_insert_policy on public.validation_results;
drop policy validation_results_ingest_update_policy on public.validation_results;
revoke all (id, team_id, project_key, deleted_at) on public.tasks from tm_ingest;
revoke all (team_id, project_key, settings) on public.projects from tm_ingest;
revoke all on public.validation_results from tm_ingest;
drop table public.validation_findings;
drop table public.validation_attempts;
drop index public.validation_results_created_by_idx;
drop index public.validation_results_team_commit_idx;
drop index public.validation_results_team_project_idx;
drop index public.validation_results_latest_idx;
drop index public.validation_results_external_key;
alter table public.validation_results
  drop column created_by,
  drop column finding_counts,
  drop column attempt,
  drop column details_url,
  drop column branch,
  drop column commit_sha,
  drop column tool_name,
  drop column external_id,
  drop column project_key;
select app.audit_table('public.validation_results');
create trigger validation_results_touch before update on public.validation_results
  for each row execute function app.touch_versioned_row();
revoke execute on function app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.new_id(),
  app.merge_patch(jsonb, jsonb) from tm_ingest;
revoke usage on schema app from tm_ingest;
delete from public.migrations
where name = 'Validations1700000000010'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
