create or replace function app.change_agent(
  p_agent uuid, p_version integer, p_name text, p_role text, p_is_active boolean, p_team_ids uuid[])
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version integer;
  v_role uuid;
begin
  if app.is_narrowed() or app.is_agent() then
    raise exception 'only a person with a credential without scopes changes a service account' using errcode = '42501';
  end if;
  select u.version into v_version
  from public.users u
  where u.id = p_agent
    and u.owner_id = app.current_user_id()
  for no key update;
  if not found then
    return 'missing';
  elsif v_version <> p_version then
    return 'stale';
  end if;
  if p_role is not null then
    select r.id into v_role from public.user_roles r where r.role_name = p_role and r.is_active;
    if v_role is null then
      raise exception 'no such role' using errcode = '23503', constraint = 'users_role_id_fkey';
    end if;
  end if;
  if p_team_ids is not null then
    perform app.place_agent(p_agent, p_team_ids);
  end if;
  update public.users u
  set name = coalesce(p_name, u.name),
      role_id = coalesce(v_role, u.role_id),
      is_active = coalesce(p_is_active, u.is_active)
  where u.id = p_agent;
  return 'done';
end
$$;
comment on function app.change_agent(uuid, integer, text, text, boolean, uuid[]) is
  'A change of a service account by its owner. Null leaves something as it is. Answers "done", "stale" or "missing".';
