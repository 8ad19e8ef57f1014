create or replace function app.user_rights(p_user uuid)
returns table (role_name text, permissions text[], team_ids uuid[], owner_id uuid)
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
    select
      r.role_name::text,
      case when u.owner_id is null then r.permission_list else app.narrow(held.permission_list, r.permission_list) end,
      array(select m.team_id from public.team_members m where m.user_id = u.id order by 1),
      u.owner_id
    from public.users u
    join public.user_roles r on r.id = u.role_id and r.is_active
    left join public.users o on o.id = u.owner_id and o.is_active
    left join public.user_roles held on held.id = o.role_id and held.is_active
    where u.id = p_user
      and u.is_active
      and (u.owner_id is null or held.id is not null);
end
$$;
comment on function app.user_rights(uuid) is
  'What a user may do at this moment, and in which teams. No row: there is no such user, or the user is disabled.';
