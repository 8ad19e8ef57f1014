-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_task_due_notice(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when not (p_operation = 'DELETE') then 'task.due_soon' end
  ], null);
end
$$;
grant execute on function app.event_types_of_task_due_notice(text, uuid, text[], jsonb, jsonb) to tm_relay;
