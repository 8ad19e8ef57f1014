create or replace function app.start_session(p_user uuid, p_refresh_hash bytea, p_lifetime interval, p_ip inet, p_user_agent text, p_password_hash text)
returns uuid
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set last_login_at = now(),
      login_attempts = 0,
      locked_until = null,
      password_hash = coalesce(p_password_hash, password_hash)
  where id = p_user;
  insert into public.sessions (user_id, refresh_hash, ip_address, user_agent, expires_at)
  values (p_user, p_refresh_hash, p_ip, p_user_agent, now() + p_lifetime)
  returning id;
end;
comment on function app.start_session(uuid, bytea, interval, inet, text, text) is 'A login that succeeded. p_password_hash replaces a hash of an older kind.';
