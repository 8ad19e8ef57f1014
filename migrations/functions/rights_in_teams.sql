create or replace function app.rights_in_teams(p_users uuid[], p_teams uuid[])
returns table (user_id uuid, team_id uuid, permissions text[])
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.system_reason() is null then
    raise exception 'only background work asks for the rights of others' using errcode = '42501';
  end if;
  return query
    select p.user_id, p.team_id, h.permissions
    from unnest(p_users, p_teams) as p (user_id, team_id)
    join public.users u on u.id = p.user_id and u.is_active
    join public.user_roles r on r.id = u.role_id and r.is_active
    left join public.users o on o.id = u.owner_id and o.is_active
    left join public.user_roles held on held.id = o.role_id and held.is_active
    cross join lateral (
      select case when u.owner_id is null then r.permission_list else app.narrow(held.permission_list, r.permission_list) end
        as permissions
      where u.owner_id is null
        or held.id is not null
    ) h
    where '*' = any(h.permissions)
      or exists (
        select
        from public.team_members m
        where m.team_id = p.team_id
          and m.user_id = p.user_id
      );
end
$$;
comment on function app.rights_in_teams(uuid[], uuid[]) is
  'What each user may do in the team beside it, at this moment. No row: the user is disabled or not in the team.';
