create or replace function app.webhook_team_ids(p_permission text) returns uuid[] language sql stable parallel safe
  return case
    when app.has_permission(p_permission) then app.current_team_ids()
    when app.has_permission(replace(p_permission, 'webhooks:', 'tasks:')) then app.managed_team_ids()
    else '{}'::uuid[]
  end;
comment on function app.webhook_team_ids(text) is
  'The teams whose webhooks this session may read or write: all of them with the permission, else those that the user manages.';
