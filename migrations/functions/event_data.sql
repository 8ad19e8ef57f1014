-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data(p_table text, p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  case p_table
    when 'users' then return app.event_data_of_user(p_row);
    when 'tasks' then return app.event_data_of_task(p_row);
    when 'task_dependencies', 'task_contexts', 'workflow_states' then return app.event_data_of_task(p_row);
    when 'task_due_notices' then return app.event_data_of_task(p_row);
    when 'task_comments' then return app.event_data_of_comment(p_row);
    when 'tags' then return app.event_data_of_tag(p_row);
    when 'projects' then return app.event_data_of_project(p_row);
    when 'teams' then return app.event_data_of_team(p_row);
    when 'team_members' then return app.event_data_of_team_member(p_row);
    when 'invites' then return app.event_data_of_invite(p_row);
    when 'validation_results' then return app.event_data_of_validation(p_row);
    when 'error_logs' then return app.event_data_of_error(p_row);
    when 'webhooks' then return app.event_data_of_webhook(p_row);
  end case;
end
$$;
comment on function app.event_data(text, jsonb) is 'The resource of an event, with the names of REST.';
grant execute on function app.event_data(text, jsonb) to tm_relay;
