create or replace function app.event_types(
  p_table text, p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  -- One branch is evaluated, and only its expressions are prepared: that counts, because every run begins anew.
  if p_table = 'tasks' then
    if p_operation = 'UPDATE' then
      return app.event_types_of_task_change(p_changed, p_new);
    elsif p_operation = 'INSERT' then
      return case when p_new -> 'assignee_id' = 'null' then '{task.created}' else '{task.created,task.assigned}' end;
    end if;
    -- What was deleted before is only cleared away now.
    return case when p_old -> 'deleted_at' = 'null' then '{task.deleted}' else '{}' end;
  elsif p_table in ('task_dependencies', 'task_contexts', 'workflow_states') then
    return '{task.updated}';
  elsif p_table = 'task_due_notices' then
    return case when p_operation = 'DELETE' then '{}' else '{task.due_soon}' end;
  elsif p_operation = 'UPDATE' and p_changed = '{}' then
    return '{}';
  elsif p_table = 'validation_results' and p_operation = 'UPDATE' then
    return app.event_types_of_validation_change(p_changed);
  elsif p_table = 'error_logs' and p_operation = 'UPDATE' then
    return app.event_types_of_error_change(p_changed, p_new);
  elsif p_table = 'projects' and 'deleted_at' = any(p_changed) then
    return case when p_new -> 'deleted_at' = 'null' then '{project.restored}' else '{project.deleted}' end;
  elsif p_table = 'webhooks' and 'is_enabled' = any(p_changed) then
    return case when p_new -> 'is_enabled' = 'true' then '{webhook.enabled}' else '{webhook.disabled}' end;
  -- Who signs up has no session yet; an admin who makes a user has one.
  elsif p_table = 'users' and p_operation = 'INSERT' and p_actor is null then
    return '{user.signup}';
  end if;
  -- Of any other table nobody is told.
  return array_remove(array[
    case p_table
      when 'task_comments' then 'comment'
      when 'validation_results' then 'validation'
      when 'error_logs' then 'error'
      when 'projects' then 'project'
      when 'teams' then 'team'
      when 'team_members' then 'team_member'
      when 'users' then 'user'
      when 'webhooks' then 'webhook'
    end || '.' || app.event_verb(p_operation)], null);
end
$$;
comment on function app.event_types(text, text, uuid, text[], jsonb, jsonb) is
  'The events that one row of the trail stands for, in their order. None for tables that nobody is told about.';
