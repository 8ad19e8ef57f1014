create or replace function app.void_unproven_account(p_user uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.users u where u.id = p_user and u.is_self_registered and not u.email_verified for update;
  if not found then
    return;
  end if;
  update public.sessions set revoked_at = now() where user_id = p_user and revoked_at is null;
  update public.api_keys k
  set revoked_at = now()
  from public.users u
  where k.user_id = u.id
    and (u.id = p_user or u.owner_id = p_user)
    and k.revoked_at is null;
  update public.oauth_grants set revoked_at = now() where user_id = p_user and revoked_at is null;
  delete from public.recovery_codes where user_id = p_user;
  delete from public.second_factors where user_id = p_user;
  update public.users
  set password_hash = null,
      email_verified = true
  where id = p_user;
end
$$;
comment on function app.void_unproven_account(uuid) is
  'Somebody proves that the address of a self-made account is theirs, and did not make the account: whoever did may have been a stranger who waits. Every credential of then ends. Accounts with a proven address, and those that administrators made, stay as they are.';
