create or replace function app.reset_password(p_token_hash bytea, p_password_hash text, p_sealed_mail text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
begin
  select t.user_id into v_user from app.find_mail_token('reset_password', p_token_hash) t;
  delete from public.mail_tokens where token_hash = p_token_hash and user_id = v_user;
  if not found then
    return false;
  end if;
  -- Whoever reads the mailbox has shown that the address is theirs, and is not kept out by wrong passwords of others.
  update public.users
  set password_hash = p_password_hash,
      email_verified = true,
      login_attempts = 0,
      locked_until = null
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
