create or replace function app.replace_recovery_codes(p_hashes bytea[])
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.current_user_id() is null or app.is_narrowed() then
    raise exception 'a credential with scopes makes no recovery codes' using errcode = '42501';
  end if;
  delete from public.recovery_codes where user_id = app.current_user_id();
  insert into public.recovery_codes (user_id, code_hash)
  select f.user_id, unnest(p_hashes)
  from public.second_factors f
  where f.user_id = app.current_user_id()
    and f.confirmed_at is not null;
  return found;
end
$$;
comment on function app.replace_recovery_codes(bytea[]) is
  'Replaces the recovery codes of the user of the session. False: the user has no second factor.';
