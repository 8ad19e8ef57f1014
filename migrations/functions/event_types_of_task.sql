-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_task(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'task.created' end,
    case when p_operation = 'UPDATE' and p_changed && array['deleted_at'] and p_new -> 'deleted_at' = 'null' then 'task.restored' end,
    case when (p_operation = 'UPDATE' and not p_changed <@ array['status', 'stage', 'assignee_id', 'assigned_to', 'started_at', 'completed_at', 'deleted_at']) or (p_operation = 'UPDATE' and p_changed <> '{}' and p_changed <@ array['started_at', 'completed_at']) then 'task.updated' end,
    case when (p_operation = 'INSERT' and p_new -> 'assignee_id' <> 'null') or (p_operation = 'UPDATE' and p_changed && array['assignee_id', 'assigned_to']) then 'task.assigned' end,
    case when p_operation = 'UPDATE' and p_changed && array['status', 'stage'] then 'task.status_changed' end,
    case when p_operation = 'UPDATE' and p_changed && array['status'] and p_new ->> 'status' = 'completed' then 'task.completed' end,
    case when (p_operation = 'UPDATE' and p_changed && array['deleted_at'] and p_new -> 'deleted_at' <> 'null') or (p_operation = 'DELETE' and p_old -> 'deleted_at' = 'null') then 'task.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_task(text, uuid, text[], jsonb, jsonb) to tm_relay;
