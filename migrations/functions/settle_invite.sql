create or replace function app.settle_invite(p_invite uuid, p_user uuid)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
begin atomic
  update public.invites
  set accepted_at = now(),
      accepted_by = p_user
  where id = p_invite;
  insert into public.team_members (team_id, user_id, role)
  select i.team_id, p_user, i.role
  from public.invites i
  where i.id = p_invite
    and i.team_id is not null
  on conflict do nothing;
  update public.users
  set email_verified = true
  where id = p_user
    and not email_verified;
end;
comment on function app.settle_invite(uuid, uuid) is
  'What an accepted invitation brings: the membership, and a verified address, because its token came from the mailbox.';
