create or replace function app.end_identity_sessions()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without an identity: sessions from before migration 032, and those that the foreign key has just set to null.
  update public.sessions s
  set revoked_at = now()
  where s.user_id = old.user_id
    and s.token_hash is not null
    and s.revoked_at is null
    and (s.identity_id = old.id or s.identity_id is null);
  return null;
end
$$;
comment on function app.end_identity_sessions() is
  'Ends the sessions that an identity started, when it is removed. They stay as ended, so that their tokens start none again.';
