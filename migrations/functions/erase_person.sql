create or replace function app.erase_person(p_user uuid)
returns table (outcome text, teams jsonb)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  v_person public.users;
  v_owned jsonb;
  v_accounts uuid[];
  v_teams uuid[];
  v_gone uuid[];
  v_words text[];
  v_records uuid[];
begin
  if not (p_user is not distinct from app.current_user_id() and not app.is_narrowed() or app.admin_may('*')) then
    raise exception 'only the person and administrators erase an account' using errcode = '42501';
  end if;
  -- One at a time: two owners, or two administrators, who leave at once would both see the other one.
  perform pg_advisory_xact_lock(hashtext('taskmaster erasure'), 0);
  select * into v_person from public.users u where u.id = p_user;
  if not found then
    return query select 'unknown', '[]'::jsonb;
    return;
  end if;

  select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by t.name, t.id), '[]')
  into v_owned
  from public.teams t
  join public.team_members m on m.team_id = t.id and m.user_id = p_user and m.role = 'owner'
  where not t.is_personal
    -- Their own service accounts go with them.
    and exists (
      select
      from public.team_members o
      join public.users u on u.id = o.user_id and u.owner_id is distinct from p_user
      where o.team_id = t.id
        and o.user_id <> p_user)
    and not exists (
      select from public.team_members o where o.team_id = t.id and o.user_id <> p_user and o.role = 'owner');
  if v_owned <> '[]' then
    return query select 'last owner', v_owned;
    return;
  end if;
  if exists (select from public.user_roles r where r.id = v_person.role_id and '*' = any(r.permission_list))
    and not exists (
      select
      from public.users u
      join public.user_roles r on r.id = u.role_id and r.is_active and '*' = any(r.permission_list)
      where u.id <> p_user
        and u.is_active)
  then
    return query select 'last administrator', '[]'::jsonb;
    return;
  end if;

  -- Their service accounts go with them.
  v_accounts := p_user || array(select u.id from public.users u where u.owner_id = p_user);
  v_teams := array(select distinct m.team_id from public.team_members m where m.user_id = any(v_accounts));
  v_gone := array(
    select t.id
    from public.teams t
    where t.owner_id = any(v_accounts) and t.is_personal
      or t.id = any(v_teams)
        and not exists (select from public.team_members o where o.team_id = t.id and o.user_id <> all(v_accounts)));
  -- The address first, and what they were called before.
  v_words := v_person.email::text || array(
    select distinct w.word
    from public.audit_logs a
    cross join lateral (values (a.old_values), (a.new_values)) v (row)
    cross join lateral (values (v.row ->> 'email'), (v.row ->> 'username'), (v.row ->> 'name')) w (word)
    where a.table_name = 'users'
      and a.record_id = p_user
      and w.word <> v_person.email
    union
    select unnest(array[v_person.username, v_person.name]));
  -- What they have written to, whoever made it.
  v_records := array(
    select a.record_id
    from public.audit_logs a
    where a.user_id = p_user
      and a.record_id is not null
    union
    select p.id
    from public.audit_logs a
    join public.projects p on p.team_id = a.team_id and p.project_key = a.record_key ->> 'project_key'
    where a.user_id = p_user);

  update public.tasks t
  set assigned_to = null
  where t.team_id = any(v_teams)
    and (t.assignee_id = p_user or lower(t.assigned_to) = any(array(select lower(w) from unnest(v_words) w)));
  update public.error_logs l
  set resolved_by = 'deleted-user'
  where l.team_id = any(v_teams)
    and lower(l.resolved_by) = any(array(select lower(w) from unnest(v_words || p_user::text) w));
  perform app.erase_texts(p_user, v_teams, v_records, v_person.email_verified, v_words);

  delete from public.invites i
  where i.accepted_by = p_user
    or v_person.email_verified and lower(i.email) = lower(v_person.email);
  update public.teams t
  set owner_id = o.user_id
  from (
    select distinct on (m.team_id) m.team_id, m.user_id
    from public.team_members m
    where m.role = 'owner'
      and m.user_id <> p_user
    order by m.team_id, m.joined_at, m.user_id
  ) o
  where t.owner_id = p_user
    and o.team_id = t.id
    and t.id <> all(v_gone);
  delete from public.error_logs l where l.team_id = any(v_gone);
  delete from public.tasks t where t.team_id = any(v_gone);
  delete from public.projects p where p.team_id = any(v_gone);
  delete from public.teams t where t.id = any(v_gone);
  delete from public.task_flow_deltas d where d.team_id = any(v_gone);
  delete from public.users u where u.id = p_user;

  -- The relay must not publish meanwhile what is about to be taken out of the trail.
  perform pg_advisory_xact_lock(hashtext('taskmaster relay'), 0);
  perform app.erase_trail(p_user, v_teams, v_gone, v_records, v_person.email_verified, v_words);
  return query select 'erased', '[]'::jsonb;
end
$$;
comment on function app.erase_person(uuid) is
  'Deletes a user with everything that is theirs alone, and takes them out of what teams and the trail keep. Outcomes: erased, unknown, last owner (with the teams that need another one), last administrator.';
