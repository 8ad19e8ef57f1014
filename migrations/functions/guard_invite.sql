create or replace function app.guard_invite() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.teams t where t.id = new.team_id and t.is_personal) then
    raise exception 'a personal team has no other members' using errcode = '23514', constraint = 'invites_personal';
  end if;
  if exists (
    select
    from public.team_members m
    join public.users u on u.id = m.user_id
    where m.team_id = new.team_id
      and lower(u.email) = lower(new.email)
  ) then
    raise exception 'already a member' using errcode = '23505', constraint = 'invites_member';
  end if;
  if exists (select from public.users u where u.id = new.created_by and u.is_self_registered and not u.email_verified) then
    raise exception 'the address of the inviter is not verified' using errcode = '23514', constraint = 'invites_unverified';
  end if;
  -- Somebody who may invite cannot use the service to mail the world.
  if (
    select count(*)
    from public.invites i
    where i.created_by = new.created_by
      and i.created_at > now() - interval '1 day'
  ) >= 200 then
    raise exception 'too many invitations' using errcode = '23514', constraint = 'invites_daily';
  end if;
  return new;
end
$$;
comment on function app.guard_invite() is
  'Refuses invitations to a personal team, of members, by strangers who have not verified their address, and more than 200 by one person in 24 hours.';
