-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_project(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'project.created' end,
    case when p_operation = 'UPDATE' and p_changed <> '{}' and not 'deleted_at' = any(p_changed) then 'project.updated' end,
    case when p_operation = 'UPDATE' and p_changed && array['deleted_at'] and p_new -> 'deleted_at' = 'null' then 'project.restored' end,
    case when (p_operation = 'DELETE') or (p_operation = 'UPDATE' and p_changed && array['deleted_at'] and p_new -> 'deleted_at' <> 'null') then 'project.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_project(text, uuid, text[], jsonb, jsonb) to tm_relay;
