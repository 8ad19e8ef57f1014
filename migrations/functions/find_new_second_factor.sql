create or replace function app.find_new_second_factor()
returns table (sealed_secret bytea)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select f.sealed_secret
  from public.second_factors f
  where f.user_id = app.current_user_id()
    and f.confirmed_at is null
    and f.updated_at > now() - interval '15 minutes';
end;
comment on function app.find_new_second_factor() is 'The sealed secret that the user of the session has yet to confirm, within 15 minutes.';
