create or replace function app.find_invite(p_token_hash bytea)
returns table (email text, team_name text, inviter_name text, has_account boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    i.email::text,
    t.name::text,
    u.name::text,
    exists (select from public.users a where lower(a.email) = lower(i.email))
  from public.invites i
  left join public.teams t on t.id = i.team_id
  left join public.users u on u.id = i.created_by
  where i.token_hash = p_token_hash
    and i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now();
end;
comment on function app.find_invite(bytea) is
  'What an invitation says to whoever has its token, and so reads the mailbox. No row: it is unknown, accepted, revoked or expired.';
