create or replace function app.request_verification(p_token_hash bytea, p_sealed_mail text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.is_narrowed() then
    raise exception 'a credential with scopes verifies no address' using errcode = '42501';
  end if;
  insert into public.mail_tokens (user_id, purpose, token_hash, email, expires_at)
  select u.id, 'verify_email', p_token_hash, u.email, now() + interval '3 days'
  from public.users u
  where u.id = app.current_user_id()
    and not u.email_verified
  on conflict (user_id, purpose) do update
    set token_hash = excluded.token_hash,
        email = excluded.email,
        expires_at = excluded.expires_at,
        created_at = now()
    -- Nobody fills a mailbox with requests.
    where mail_tokens.created_at < now() - interval '1 minute';
  if not found then
    return false;
  end if;
  perform app.queue_job('send-mail', p_sealed_mail);
  return true;
end
$$;
comment on function app.request_verification(bytea, text) is
  'Sends the user of the session a new token to verify their address. False: it is verified, or the last mail is less than a minute old.';
