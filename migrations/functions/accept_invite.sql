create or replace function app.accept_invite(p_token_hash bytea)
returns table (outcome text, team_id uuid)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_user uuid := app.current_user_id();
  v_invite public.invites;
begin
  if v_user is null or app.is_narrowed() then
    raise exception 'a credential with scopes accepts no invitation' using errcode = '42501';
  end if;
  select i.*
  into v_invite
  from public.invites i
  where i.token_hash = p_token_hash
    and i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now()
  for update;
  if not found then
    return query select 'unknown', null::uuid;
    return;
  end if;
  -- A forwarded mail lets nobody else in.
  perform from public.users u where u.id = v_user and lower(u.email) = lower(v_invite.email);
  if not found then
    return query select 'other address', null::uuid;
    return;
  end if;
  perform app.settle_invite(v_invite.id, v_user);
  return query select 'accepted', v_invite.team_id;
end
$$;
comment on function app.accept_invite(bytea) is
  'Makes the user of the session a member of the team that invited their address. Outcome "unknown": the token is not valid; "other address": the invitation is for somebody else.';
