create or replace function app.find_ingest_key(p_hash bytea)
returns table (
  credential_id uuid, team_id uuid, project_key text, allowed_origins jsonb, requests_per_minute integer, expires_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select k.id, k.team_id, k.project_key::text, k.allowed_origins, k.requests_per_minute, k.expires_at
  from public.ingest_keys k
  join public.projects p on p.team_id = k.team_id and p.project_key = k.project_key and p.deleted_at is null
  where k.key_hash = p_hash
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now());
end;
comment on function app.find_ingest_key(bytea) is 'The ingest key with this SHA-256, if it is alive.';
