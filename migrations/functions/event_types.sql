-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types(
  p_table text, p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  case p_table
    when 'users' then return app.event_types_of_user(p_operation, p_actor, p_changed, p_old, p_new);
    when 'tasks' then return app.event_types_of_task(p_operation, p_actor, p_changed, p_old, p_new);
    when 'task_dependencies', 'task_contexts', 'workflow_states' then return app.event_types_of_task_part(p_operation, p_actor, p_changed, p_old, p_new);
    when 'task_due_notices' then return app.event_types_of_task_due_notice(p_operation, p_actor, p_changed, p_old, p_new);
    when 'task_comments' then return app.event_types_of_comment(p_operation, p_actor, p_changed, p_old, p_new);
    when 'tags' then return app.event_types_of_tag(p_operation, p_actor, p_changed, p_old, p_new);
    when 'projects' then return app.event_types_of_project(p_operation, p_actor, p_changed, p_old, p_new);
    when 'teams' then return app.event_types_of_team(p_operation, p_actor, p_changed, p_old, p_new);
    when 'team_members' then return app.event_types_of_team_member(p_operation, p_actor, p_changed, p_old, p_new);
    when 'invites' then return app.event_types_of_invite(p_operation, p_actor, p_changed, p_old, p_new);
    when 'validation_results' then return app.event_types_of_validation(p_operation, p_actor, p_changed, p_old, p_new);
    when 'error_logs' then return app.event_types_of_error(p_operation, p_actor, p_changed, p_old, p_new);
    when 'webhooks' then return app.event_types_of_webhook(p_operation, p_actor, p_changed, p_old, p_new);
    else return '{}';
  end case;
end
$$;
comment on function app.event_types(text, text, uuid, text[], jsonb, jsonb) is
  'The events that one row of the trail stands for, in their order. None for tables that events do not tell of.';
grant execute on function app.event_types(text, text, uuid, text[], jsonb, jsonb) to tm_relay;
