create or replace function app.place_agent(p_agent uuid, p_team_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A team of others looks like one that does not exist.
  if not p_team_ids <@ app.current_team_ids() then
    raise exception 'no such team' using errcode = '23503', constraint = 'agents_team_ids';
  end if;
  delete from public.team_members m
  where m.user_id = p_agent
    and m.team_id <> all(p_team_ids);
  insert into public.team_members (team_id, user_id, role)
  select distinct t.id, p_agent, 'member'
  from unnest(p_team_ids) t (id)
  on conflict (team_id, user_id) do nothing;
end
$$;
comment on function app.place_agent(uuid, uuid[]) is
  'Makes a service account a member of exactly these teams of its owner. Called by app.create_agent and app.change_agent alone.';
