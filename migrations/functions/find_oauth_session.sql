create or replace function app.find_oauth_session(p_token_hash bytea)
returns table (
  user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz,
  resource text, grant_id uuid, client_id text, created_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, s.id, r.role_name::text, r.permissions, s.scopes, s.expires_at,
    s.resource::text, g.id, g.client_id::text, s.created_at
  from public.sessions s
  join public.oauth_grants g on g.id = s.oauth_grant_id and g.revoked_at is null
  join public.users u on u.id = s.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  where s.token_hash = p_token_hash
    and s.revoked_at is null
    and s.expires_at > now();
end;
comment on function app.find_oauth_session(bytea) is 'Whose access token of OAuth this is and for which audience, if it is alive.';
