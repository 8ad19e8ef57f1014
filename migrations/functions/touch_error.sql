-- Counting is nobody's change: no If-Match may fail because an error occurred once more.
create or replace function app.touch_error() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.fingerprint := coalesce(new.fingerprint, new.id::text);
  elsif (new.team_id, new.project_key, new.title, new.task_id, new.validation_result_id, new.workflow_state_id, new.assignee_id,
      new.error_code, new.error_category, new.error_severity, new.error_message, new.environment, new.fingerprint,
      new.resolution_status, new.resolution_notes, new.resolved_at, new.resolved_in_version, new.resolved_in_next_release,
      new.ignored_until, new.ignored_until_count, new.ignored_until_users, new.merged_into, new.metadata)
    is distinct from
     (old.team_id, old.project_key, old.title, old.task_id, old.validation_result_id, old.workflow_state_id, old.assignee_id,
      old.error_code, old.error_category, old.error_severity, old.error_message, old.environment, old.fingerprint,
      old.resolution_status, old.resolution_notes, old.resolved_at, old.resolved_in_version, old.resolved_in_next_release,
      old.ignored_until, old.ignored_until_count, old.ignored_until_users, old.merged_into, old.metadata)
  then
    new.version := old.version + 1;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end
$$;
comment on function app.touch_error() is 'Version and updated_at of an error: changed by people and by its status, not by counting. Without a fingerprint it is a group of its own.';
