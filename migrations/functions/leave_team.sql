create or replace function app.leave_team(p_team_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid := app.current_user_id();
begin
  if v_user is null or (app.is_narrowed() and not app.has_permission('tasks:write')) then
    raise exception 'a credential with scopes needs tasks:write' using errcode = '42501';
  end if;
  if exists (select from public.teams where id = p_team_id and owner_id = v_user and is_personal) then
    raise exception 'a personal team is not left' using errcode = '23514', constraint = 'team_members_personal';
  end if;
  -- The owner in the row of the team must be one of its owners.
  update public.teams t
  set owner_id = next.user_id
  from (
    select m.user_id
    from public.team_members m
    where m.team_id = p_team_id
      and m.user_id <> v_user
      and m.role = 'owner'
    order by m.joined_at, m.user_id
    limit 1
  ) next
  where t.id = p_team_id
    and t.owner_id = v_user;
  delete from public.team_members
  where team_id = p_team_id
    and user_id = v_user;
  return found;
end
$$;
comment on function app.leave_team(uuid) is
  'Ends one''s own membership, whatever one''s role: the policies let only those who manage a team remove members. False: there was none.';
