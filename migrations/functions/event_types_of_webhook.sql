-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_webhook(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'webhook.created' end,
    case when p_operation = 'UPDATE' and p_changed <> '{}' and not 'is_enabled' = any(p_changed) then 'webhook.updated' end,
    case when p_operation = 'UPDATE' and p_changed && array['is_enabled'] and p_new -> 'is_enabled' = 'true' then 'webhook.enabled' end,
    case when p_operation = 'UPDATE' and p_changed && array['is_enabled'] and p_new -> 'is_enabled' <> 'true' then 'webhook.disabled' end,
    case when p_operation = 'DELETE' then 'webhook.deleted' end
  ], null);
end
$$;
grant execute on function app.event_types_of_webhook(text, uuid, text[], jsonb, jsonb) to tm_relay;
