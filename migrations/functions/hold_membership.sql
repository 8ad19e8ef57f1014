create or replace function app.hold_membership(p_team_id uuid)
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select m.version
  from public.team_members m
  where m.team_id = p_team_id
    and m.user_id = app.current_user_id()
  for no key update;
end;
comment on function app.hold_membership(uuid) is
  'The version of one''s own membership, which nobody changes until the transaction ends; null: there is none.';
