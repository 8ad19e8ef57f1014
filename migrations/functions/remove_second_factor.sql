create or replace function app.remove_second_factor(p_user uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.is_narrowed() or not coalesce(p_user = app.current_user_id() or app.is_admin(), false) then
    raise exception 'only the user or an administrator removes a second factor' using errcode = '42501';
  end if;
  delete from public.recovery_codes where user_id = p_user;
  delete from public.second_factors where user_id = p_user;
  return found;
end
$$;
comment on function app.remove_second_factor(uuid) is
  'Logins of this user no longer ask for a second factor. False: there was none.';
