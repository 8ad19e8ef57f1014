create or replace function app.confirm_second_factor(p_step bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.current_user_id() is null or app.is_narrowed() then
    raise exception 'a credential with scopes confirms no second factor' using errcode = '42501';
  end if;
  update public.second_factors
  set confirmed_at = now(),
      last_step = p_step
  where user_id = app.current_user_id()
    and confirmed_at is null;
  return found;
end
$$;
comment on function app.confirm_second_factor(bigint) is
  'From now on logins of the user of the session ask for the second factor. False: there is nothing to confirm.';
