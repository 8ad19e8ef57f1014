create or replace function app.end_session(p_refresh_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.sessions
  set revoked_at = now()
  where refresh_hash = p_refresh_hash
    and revoked_at is null;
end;
comment on function app.end_session(bytea) is 'Logout.';
