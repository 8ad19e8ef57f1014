create or replace function app.erasure_needs_password() returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    exists (select from public.users u where u.id = app.current_user_id() and u.password_hash is not null)
    and not exists (
      select
      from public.sessions s
      where s.id = nullif(current_setting('app.credential_id', true), '')::uuid
        and s.user_id = app.current_user_id()
        and s.created_at > now() - interval '5 minutes');
end;
comment on function app.erasure_needs_password() is
  'Whether the user of the session must give the password to erase the account: there is one, and the session is no login of the last five minutes.';
