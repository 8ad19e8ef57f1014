-- The way back of 040. The role stays, because it belongs to the cluster.
set lock_timeout = '5s';
revoke usage on schema public from tm_privacy;
set role tm_owner;
drop function app.export_person(text, integer, integer);
do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'users', 'api_keys', 'sessions', 'user_identities', 'mail_tokens', 'idempotency_keys', 'team_members', 'invites', 'teams', 'ingest_keys',
    'projects', 'tasks', 'task_dependencies', 'task_contexts', 'task_comments', 'task_leases', 'validation_results',
    'validation_attempts', 'error_logs', 'error_resolutions', 'webhooks', 'audit_logs']
  loop
    execute format('revoke select on public.%I from tm_privacy', v_table);
    execute format('drop policy %I on public.%I', v_table || '_privacy_select_policy', v_table);
  end loop;
end
$$;
revoke execute on function app.current_user_id(), app.is_narrowed() from tm_privacy;
revoke usage on schema app from tm_privacy;
delete from public.migrations
where name = 'PersonalExport1800000000040'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
