-- Before there is a session: the two look-ups that a credential starts with.
create or replace function app.find_api_key(p_hash bytea)
returns table (user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, k.id, r.role_name::text, r.permissions, k.scopes, k.expires_at
  from public.api_keys k
  join public.users u on u.id = k.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  where k.key_hash = p_hash
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now());
end;
comment on function app.find_api_key(bytea) is 'Who holds the key with this SHA-256, if it is alive.';
