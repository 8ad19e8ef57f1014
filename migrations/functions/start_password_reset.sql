create or replace function app.start_password_reset(p_email text, p_token_hash bytea)
returns table (email text, name text, language text)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  with account as (
    select u.id, u.email, u.name, u.language
    from public.users u
    where lower(u.email) = lower(p_email)
      and u.is_active
      and u.kind = 'person'
  ),
  token as (
    insert into public.mail_tokens (user_id, purpose, token_hash, email, expires_at)
    select a.id, 'reset_password', p_token_hash, a.email, now() + interval '1 hour'
    from account a
    on conflict (user_id, purpose) do update
      set token_hash = excluded.token_hash,
          email = excluded.email,
          expires_at = excluded.expires_at,
          created_at = now()
      -- Nobody fills a mailbox with requests.
      where mail_tokens.created_at < now() - interval '1 minute'
    returning user_id
  )
  select a.email::text, a.name::text, a.language::text
  from account a
  join token t on t.user_id = a.id;
end;
comment on function app.start_password_reset(text, bytea) is
  'The account to mail a token to that resets its password. No row: there is no such account, or the last mail is less than a minute old.';
