create or replace function app.find_login(p_email text)
returns table (user_id uuid, password_hash text, is_active boolean, login_attempts integer, locked_until timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, u.password_hash::text, u.is_active, u.login_attempts, u.locked_until
  from public.users u
  where lower(u.email) = lower(p_email);
end;
comment on function app.find_login(text) is 'What a password check needs.';
