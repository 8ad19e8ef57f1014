-- Read from the table when a policy asks, which few do, rather than computed with every session.
create or replace function app.managed_team_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select array(
    select m.team_id
    from public.team_members m
    where m.user_id = app.current_user_id()
      and m.role in ('owner', 'admin')
  );
end;
comment on function app.managed_team_ids() is 'The teams in which the user is owner or admin.';
