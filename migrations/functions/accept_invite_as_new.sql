create or replace function app.accept_invite_as_new(p_token_hash bytea, p_name text, p_password_hash text, p_language text)
returns table (outcome text, user_id uuid, team_id uuid)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_invite public.invites;
  v_user uuid;
begin
  select i.*
  into v_invite
  from public.invites i
  where i.token_hash = p_token_hash
    and i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now()
    and not exists (select from public.user_roles r where r.id = i.user_role_id and not r.is_active)
  for update;
  if not found then
    return query select 'unknown', null::uuid, null::uuid;
    return;
  end if;
  v_user := app.create_account(v_invite.email, p_name, p_password_hash, p_language, v_invite.user_role_id);
  if v_user is null then
    return query select 'has account', null::uuid, null::uuid;
    return;
  end if;
  perform app.settle_invite(v_invite.id, v_user);
  return query select 'accepted', v_user, v_invite.team_id;
end
$$;
comment on function app.accept_invite_as_new(bytea, text, text, text) is
  'Creates the account of somebody who was invited, and makes it a member of the team. Outcome "unknown": the token is not valid; "has account": the address has an account, whose owner signs in to accept.';
