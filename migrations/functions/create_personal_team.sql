create or replace function app.create_personal_team() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team uuid;
begin
  -- A service account works in the teams of its owner. The column comes with a later migration.
  if to_jsonb(new) ->> 'owner_id' is not null then
    return null;
  end if;
  insert into public.teams (name, owner_id, is_personal)
  values (left(new.name, 100), new.id, true)
  returning id into v_team;
  insert into public.team_members (team_id, user_id, role)
  values (v_team, new.id, 'owner');
  return null;
end
$$;
comment on function app.create_personal_team() is 'Every person has a personal team, so every task has a team and no policy needs an OR.';
