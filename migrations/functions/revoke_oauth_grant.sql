create or replace function app.revoke_oauth_grant(p_grant uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.oauth_grants
  set revoked_at = now()
  where id = p_grant
    and revoked_at is null;
end;
comment on function app.revoke_oauth_grant(uuid) is 'Ends a grant: its client gives it back, or a code or refresh token of it was used twice.';
