create or replace function app.create_team(p_name text, p_description text, p_metadata jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid := app.current_user_id();
  v_team uuid;
begin
  -- The owner of a service account is in every team that it is in.
  if v_user is null or not app.has_permission('tasks:write') or app.is_agent() then
    raise exception 'permission tasks:write is needed' using errcode = '42501';
  end if;
  insert into public.teams (name, description, owner_id, metadata)
  values (p_name, p_description, v_user, coalesce(p_metadata, '{}'))
  returning id into v_team;
  insert into public.team_members (team_id, user_id, role)
  values (v_team, v_user, 'owner');
  perform set_config('app.team_ids', (app.current_team_ids() || v_team)::text, true);
  return v_team;
end
$$;
comment on function app.create_team(text, text, jsonb) is 'A team and its first owner at once: under the policies neither row could come first.';
