create or replace function app.set_own_password(p_hash text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.is_narrowed() then
    raise exception 'a credential with scopes cannot change the password of its owner' using errcode = '42501';
  end if;
  update public.users
  set password_hash = p_hash
  where id = app.current_user_id();
  if not found then
    raise exception 'there is no session' using errcode = '42501';
  end if;
  -- Somebody who knew the old password may have logged in with it.
  update public.sessions s
  set revoked_at = now()
  where s.user_id = app.current_user_id()
    and s.id is distinct from nullif(current_setting('app.credential_id', true), '')::uuid
    and s.revoked_at is null;
end
$$;
comment on function app.set_own_password(text) is
  'Changes the password of the user of the session, and ends the other login sessions.';
