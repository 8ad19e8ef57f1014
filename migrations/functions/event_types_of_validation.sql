-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_validation(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'validation.created' end,
    case when (p_operation = 'UPDATE' and not p_changed <@ array['validation_status', 'started_at', 'completed_at', 'execution_time_ms']) or (p_operation = 'UPDATE' and p_changed <> '{}' and not 'validation_status' = any(p_changed)) then 'validation.updated' end,
    case when p_operation = 'UPDATE' and p_changed && array['validation_status'] then 'validation.status_changed' end,
    case when p_operation = 'DELETE' then 'validation.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_validation(text, uuid, text[], jsonb, jsonb) to tm_relay;
