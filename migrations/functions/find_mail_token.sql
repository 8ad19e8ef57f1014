create or replace function app.find_mail_token(p_purpose text, p_token_hash bytea)
returns table (user_id uuid, email text, name text, language text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, u.email::text, u.name::text, u.language::text
  from public.mail_tokens t
  join public.users u on u.id = t.user_id and u.is_active and lower(u.email) = lower(t.email)
  where t.purpose = p_purpose
    and t.token_hash = p_token_hash
    and t.expires_at > now();
end;
comment on function app.find_mail_token(text, bytea) is
  'Whose token this is. No row: it is unknown, expired or used, its user is disabled, or it went to an earlier address.';
