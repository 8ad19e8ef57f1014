create or replace function app.start_second_factor(p_sealed_secret bytea)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.current_user_id() is null or app.is_narrowed() then
    raise exception 'a credential with scopes sets up no second factor' using errcode = '42501';
  end if;
  insert into public.second_factors (user_id, sealed_secret)
  values (app.current_user_id(), p_sealed_secret)
  on conflict (user_id) do update
    set sealed_secret = excluded.sealed_secret
    where second_factors.confirmed_at is null;
  return found;
end
$$;
comment on function app.start_second_factor(bytea) is
  'Keeps the secret of a second factor that logins do not ask for before it is confirmed. False: the user has one.';
