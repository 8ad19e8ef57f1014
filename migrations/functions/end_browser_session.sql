create or replace function app.end_browser_session(p_token_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.sessions
  set revoked_at = now()
  where token_hash = p_token_hash
    and revoked_at is null;
end;
comment on function app.end_browser_session(bytea) is 'Signs a browser out.';
