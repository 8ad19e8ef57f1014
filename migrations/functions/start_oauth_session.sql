create or replace function app.start_oauth_session(
  p_token_hash bytea, p_grant uuid, p_scopes jsonb, p_resource text, p_expires timestamptz, p_ip inet, p_user_agent text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
  v_session uuid;
begin
  -- The lock of the row makes a revocation wait, so that it finds and ends this session.
  update public.oauth_grants g
  set last_used_at = now()
  from public.users u
  where g.id = p_grant
    and g.revoked_at is null
    and g.expires_at > now()
    and g.resource = p_resource
    and p_scopes <@ g.scopes
    and u.id = g.user_id
    and u.is_active
  returning g.user_id into v_user;
  if v_user is null then
    return null;
  end if;
  insert into public.sessions (user_id, token_hash, scopes, ip_address, user_agent, expires_at, oauth_grant_id, resource)
  values (v_user, p_token_hash, p_scopes, p_ip, p_user_agent, p_expires, p_grant, p_resource)
  returning id into v_session;
  return v_session;
end
$$;
comment on function app.start_oauth_session(bytea, uuid, jsonb, text, timestamptz, inet, text) is
  'The session of an access token, within its grant. Null: the grant has ended, or does not reach that far.';
