create or replace function app.start_browser_session(p_user uuid, p_token_hash bytea, p_ip inet, p_user_agent text)
returns uuid
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set last_login_at = now(),
      login_attempts = 0,
      locked_until = null
  where id = p_user;
  insert into public.sessions (user_id, token_hash, ip_address, user_agent, expires_at)
  values (p_user, p_token_hash, p_ip, p_user_agent, now() + interval '7 days')
  returning id;
end;
comment on function app.start_browser_session(uuid, bytea, inet, text) is 'A login of a browser, which keeps its token in a cookie.';
