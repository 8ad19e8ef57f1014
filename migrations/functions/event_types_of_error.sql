-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_error(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'error.created' end,
    case when (p_operation = 'UPDATE' and not p_changed <@ array['resolution_status', 'resolution_notes', 'resolved_at', 'resolved_by', 'resolved_in_version', 'resolved_in_next_release', 'ignored_until', 'ignored_until_count', 'ignored_until_users', 'merged_into']) or (p_operation = 'UPDATE' and p_changed <> '{}' and not 'resolution_status' = any(p_changed) and not (p_operation = 'UPDATE' and p_changed && array['merged_into'] and p_new -> 'merged_into' <> 'null')) then 'error.updated' end,
    case when p_operation = 'UPDATE' and p_changed && array['resolution_status'] and p_new ->> 'resolution_status' in ('resolved') then 'error.resolved' end,
    case when p_operation = 'UPDATE' and p_changed && array['resolution_status'] and p_new ->> 'resolution_status' in ('ignored', 'wont_fix') then 'error.ignored' end,
    case when p_operation = 'UPDATE' and p_changed && array['resolution_status'] and p_new ->> 'resolution_status' in ('regressed') then 'error.regressed' end,
    case when p_operation = 'UPDATE' and p_changed && array['resolution_status'] and p_new ->> 'resolution_status' in ('unresolved') then 'error.reopened' end,
    case when p_operation = 'UPDATE' and p_changed && array['merged_into'] and p_new -> 'merged_into' <> 'null' then 'error.merged' end,
    case when p_operation = 'DELETE' then 'error.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_error(text, uuid, text[], jsonb, jsonb) to tm_relay;
