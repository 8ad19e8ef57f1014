create or replace function app.reset_password(p_token_hash bytea, p_password_hash text, p_sealed_mail text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
  v_has_factor boolean;
begin
  select t.user_id into v_user from app.find_mail_token('reset_password', p_token_hash) t;
  delete from public.mail_tokens where token_hash = p_token_hash and user_id = v_user;
  if not found then
    return false;
  end if;
  perform app.void_unproven_account(v_user);
  v_has_factor := exists (select from public.second_factors f where f.user_id = v_user and f.confirmed_at is not null);
  -- Whoever reads the mailbox has shown that the address is theirs, and is not kept out by wrong passwords of others.
  update public.users
  set password_hash = p_password_hash,
      email_verified = true,
      -- Not where wrong codes of a second factor may have locked it: the mailbox is what that factor does not trust.
      login_attempts = case when v_has_factor then login_attempts else 0 end,
      locked_until = case when v_has_factor then locked_until end
  where id = v_user;
  update public.sessions
  set revoked_at = now()
  where user_id = v_user
    and revoked_at is null;
  perform app.queue_job('send-mail', p_sealed_mail);
  return true;
end
$$;
comment on function app.reset_password(bytea, text, text) is
  'Sets a new password with a token from the mailbox, once, and ends every login session. False: the token is not valid.';
