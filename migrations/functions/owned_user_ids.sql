-- Read from the table when a policy asks, which few do, rather than computed with every session.
create or replace function app.owned_user_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select array(
    select u.id
    from public.users u
    where u.owner_id = app.current_user_id()
    union all
    select app.current_user_id()
    where app.current_user_id() is not null
  );
end;
comment on function app.owned_user_ids() is 'The user of the session and the service accounts that this user owns.';
