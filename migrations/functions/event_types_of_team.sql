-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_team(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'team.created' end,
    case when p_operation = 'UPDATE' and p_changed <> '{}' then 'team.updated' end,
    case when p_operation = 'DELETE' then 'team.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_team(text, uuid, text[], jsonb, jsonb) to tm_relay;
