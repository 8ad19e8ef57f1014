create or replace function app.record_failed_login(p_user uuid, p_limit integer, p_lock interval)
returns timestamptz
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set login_attempts = case when login_attempts + 1 >= p_limit then 0 else login_attempts + 1 end,
      locked_until = case when login_attempts + 1 >= p_limit then now() + p_lock else locked_until end
  where id = p_user
  returning locked_until;
end;
comment on function app.record_failed_login(uuid, integer, interval) is 'Counts a wrong password; at the limit the account is locked for a while and the count starts again.';
