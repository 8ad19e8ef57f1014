create or replace function app.end_oauth_session(p_token_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.sessions
  set revoked_at = now()
  where token_hash = p_token_hash
    and oauth_grant_id is not null
    and revoked_at is null;
end;
comment on function app.end_oauth_session(bytea) is 'Revokes an access token of OAuth.';
