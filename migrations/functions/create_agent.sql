create or replace function app.create_agent(p_handle text, p_name text, p_role text, p_team_ids uuid[])
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner uuid := app.current_user_id();
  v_role uuid;
  v_username text;
  v_agent uuid;
begin
  if v_owner is null or app.is_narrowed() or app.is_agent() then
    raise exception 'only a person with a credential without scopes makes a service account' using errcode = '42501';
  end if;
  -- Of two that are made at once, the second sees the first.
  select u.username || '/' || p_handle into v_username from public.users u where u.id = v_owner for no key update;
  if (select count(*) from public.users u where u.owner_id = v_owner and u.is_active) >= 100 then
    raise exception 'too many service accounts' using errcode = '23514', constraint = 'agents_count';
  elsif exists (select from public.users u where u.username = v_username) then
    raise exception 'the name is taken' using errcode = '23505', constraint = 'agents_handle_key';
  end if;
  select r.id into v_role from public.user_roles r where r.role_name = p_role and r.is_active;
  if v_role is null then
    raise exception 'no such role' using errcode = '23503', constraint = 'users_role_id_fkey';
  end if;
  v_agent := app.new_id();
  insert into public.users (id, username, email, name, role_id, kind, owner_id)
  values (v_agent, v_username, 'agent-' || v_agent || '@agents.invalid', p_name, v_role, 'agent', v_owner);
  perform app.place_agent(v_agent, coalesce(p_team_ids, app.current_team_ids()));
  return v_agent;
end
$$;
comment on function app.create_agent(text, text, text, uuid[]) is
  'A service account of the user of the session, in these teams, or in all that the user is in.';
