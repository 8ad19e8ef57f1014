-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_names(p_type text, p_row jsonb, p_actor uuid) returns text
language plpgsql immutable parallel safe as $$
begin
  case p_type
    when 'user.signup' then return concat(',"userId":', coalesce(p_row -> 'id', 'null'));
    when 'task.created' then return concat(',"taskId":', coalesce(p_row -> 'id', 'null'));
    when 'task.assigned' then return concat(',"taskId":', coalesce(p_row -> 'id', 'null'), ',"assignedBy":', coalesce(to_jsonb(p_actor), 'null'));
    when 'task.completed' then return concat(',"taskId":', coalesce(p_row -> 'id', 'null'), ',"completedBy":', coalesce(to_jsonb(p_actor), 'null'));
    when 'invite.created' then return concat(',"invitedBy":', coalesce(to_jsonb(p_actor), 'null'));
    else return '';
  end case;
end
$$;
comment on function app.event_names(text, jsonb, uuid) is 'What the data of an event names beside the resource, as members of its JSON.';
grant execute on function app.event_names(text, jsonb, uuid) to tm_relay;
