create or replace function app.keep_team_owner() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two owners who leave at once would both see the other one: the lock on the team makes the second wait and look again.
  perform from public.teams where id = old.team_id for update;
  if found and not exists (select from public.team_members where team_id = old.team_id and role = 'owner') then
    raise exception 'a team needs an owner' using errcode = '23514', constraint = 'team_members_owner_required';
  end if;
  return null;
end
$$;
comment on function app.keep_team_owner() is 'A team never loses its last owner.';
