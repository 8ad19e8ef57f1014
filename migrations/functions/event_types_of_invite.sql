-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_types_of_invite(
  p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  return array_remove(array[
    case when p_operation = 'INSERT' then 'invite.created' end,
    case when p_operation = 'UPDATE' and p_changed && array['accepted_at'] then 'invite.accepted' end,
    case when p_operation = 'UPDATE' and p_changed && array['revoked_at'] then 'invite.revoked' end,
    case when p_operation = 'UPDATE' and not p_changed <@ array['accepted_at', 'accepted_by', 'revoked_at'] then 'invite.updated' end
  ], null);
end
$$;
grant execute on function app.event_types_of_invite(text, uuid, text[], jsonb, jsonb) to tm_relay;
