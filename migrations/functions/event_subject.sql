-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_subject(
  p_table text, p_team uuid, p_record uuid, p_task uuid, p_row jsonb)
returns text language plpgsql immutable parallel safe as $$
begin
  case p_table
    when 'users' then return 'users/' || p_record;
    when 'tasks' then return 'tasks/' || p_task;
    when 'task_dependencies', 'task_contexts', 'workflow_states' then return 'tasks/' || p_task;
    when 'task_due_notices' then return 'tasks/' || p_task;
    when 'task_comments' then return 'tasks/' || p_task || '/comments/' || p_record;
    when 'tags' then return 'tags/' || p_record;
    when 'projects' then return 'projects/' || p_record;
    when 'teams' then return 'teams/' || p_record;
    when 'team_members' then return 'teams/' || p_team || '/members/' || (p_row ->> 'user_id');
    when 'invites' then return 'invites/' || p_record;
    when 'validation_results' then return 'validations/' || p_record;
    when 'error_logs' then return 'errors/' || p_record;
    when 'webhooks' then return 'webhooks/' || p_record;
    else return null;
  end case;
end
$$;
comment on function app.event_subject(text, uuid, uuid, uuid, jsonb) is 'What an event is about, as a path.';
grant execute on function app.event_subject(text, uuid, uuid, uuid, jsonb) to tm_relay;
