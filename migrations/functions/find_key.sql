create or replace function app.find_key(p_hash bytea)
returns table (
  user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz,
  allowed_networks jsonb, owner_id uuid)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    u.id, k.id, r.role_name::text,
    case when u.owner_id is null then r.permissions else to_jsonb(app.narrow(held.permission_list, r.permission_list)) end,
    k.scopes, k.expires_at, k.allowed_networks, u.owner_id
  from public.api_keys k
  join public.users u on u.id = k.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  left join public.users o on o.id = u.owner_id and o.is_active
  left join public.user_roles held on held.id = o.role_id and held.is_active
  where k.key_hash = p_hash
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())
    and (u.owner_id is null or held.id is not null);
end;
comment on function app.find_key(bytea) is
  'Who holds the API key with this SHA-256, if it is alive, from which networks, and who answers for a service account.';
