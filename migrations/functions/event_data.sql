create or replace function app.event_data(p_table text, p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  case p_table
    when 'projects' then return app.event_data_of_project(p_row);
    when 'task_comments' then return app.event_data_of_comment(p_row);
    when 'validation_results' then return app.event_data_of_validation(p_row);
    when 'error_logs' then return app.event_data_of_error(p_row);
    when 'teams' then return app.event_data_of_team(p_row);
    when 'team_members' then return app.event_data_of_team_member(p_row);
    when 'users' then return app.event_data_of_user(p_row);
    when 'webhooks' then return app.event_data_of_webhook(p_row);
    -- What hangs on a task tells about the task.
    else return app.event_data_of_task(p_row);
  end case;
end
$$;
comment on function app.event_data(text, jsonb) is 'The resource of an event, with the names of REST.';
