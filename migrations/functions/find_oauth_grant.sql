create or replace function app.find_oauth_grant(p_grant uuid)
returns table (user_id uuid, client_id text, resource text, scopes jsonb, created_at timestamptz, expires_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select g.user_id, g.client_id::text, g.resource::text, g.scopes, g.created_at, g.expires_at
  from public.oauth_grants g
  join public.users u on u.id = g.user_id and u.is_active
  where g.id = p_grant
    and g.revoked_at is null
    and g.expires_at > now();
end;
comment on function app.find_oauth_grant(uuid) is 'What was allowed to a client, if it still is. The id is random and known to the service alone.';
