-- Rules that no policy can hold, because they look at what a row was before.
create or replace function app.guard_ownership() returns trigger language plpgsql as $$
declare
  v_team uuid;
begin
  -- Members only: admins may, and definer functions and foreign keys, which run as another role, have their own rules.
  if current_user = 'tm_app_rw' then
    if tg_table_name = 'teams' then
      v_team := case when new.owner_id <> old.owner_id then new.id end;
    elsif tg_op <> 'INSERT' and old.role = 'owner' then
      v_team := old.team_id;
    elsif tg_op <> 'DELETE' and new.role = 'owner' then
      v_team := new.team_id;
    end if;
    if v_team is not null and not exists (
      select
      from public.team_members m
      where m.team_id = v_team
        and m.user_id = app.current_user_id()
        and m.role = 'owner'
    ) then
      raise exception 'only an owner makes or removes an owner' using errcode = '42501';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function app.guard_ownership() is 'Who manages a team without owning it makes nobody an owner and takes nothing from one.';
