create or replace function app.replace_imported_password(p_user uuid, p_imported_hash text, p_new_hash text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set password_hash = p_new_hash
  where id = p_user
    and password_hash = p_imported_hash
    and password_hash like '$2%';
end;
comment on function app.replace_imported_password(uuid, text, text) is
  'Replaces the bcrypt hash of a password that was right by one of argon2id; whoever knows the old hash may, and nobody else.';
