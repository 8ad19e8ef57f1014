-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_needs(p_table text) returns text
language sql immutable parallel safe
  return case p_table
    when 'users' then 'tasks:read'
    when 'tasks' then 'tasks:read'
    when 'task_dependencies' then 'tasks:read'
    when 'task_contexts' then 'tasks:read'
    when 'workflow_states' then 'tasks:read'
    when 'task_due_notices' then 'tasks:read'
    when 'task_comments' then 'tasks:read'
    when 'tags' then 'tasks:read'
    when 'projects' then 'tasks:read'
    when 'teams' then 'tasks:read'
    when 'team_members' then 'tasks:read'
    when 'invites' then 'tasks:read'
    when 'validation_results' then 'validations:read'
    when 'error_logs' then 'errors:read'
    when 'webhooks' then 'tasks:read'
  end;
comment on function app.event_needs(text) is 'The permission that reading an event of this table takes.';
grant execute on function app.event_needs(text) to tm_relay;
