-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_tag(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'tag.created' end,
    case when p_operation = 'UPDATE' and p_changed <> '{}' then 'tag.updated' end,
    case when p_operation = 'DELETE' then 'tag.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_tag(text, uuid, text[], jsonb, jsonb) to tm_relay;
