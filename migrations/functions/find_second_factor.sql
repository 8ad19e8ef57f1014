create or replace function app.find_second_factor(p_user uuid)
returns table (sealed_secret bytea)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select f.sealed_secret
  from public.second_factors f
  where f.user_id = p_user
    and f.confirmed_at is not null;
end;
comment on function app.find_second_factor(uuid) is
  'The sealed secret of the second factor that a login of this user needs. No row: it needs none.';
