create or replace function app.has_second_factor()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select
    from public.second_factors f
    where f.user_id = app.current_user_id()
      and f.confirmed_at is not null
  );
end;
comment on function app.has_second_factor() is 'Whether logins of the user of the session ask for a second factor.';
