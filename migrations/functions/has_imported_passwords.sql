create or replace function app.has_imported_passwords()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select exists (select from public.users u where u.password_hash like '$2%');
end;
comment on function app.has_imported_passwords() is
  'Whether any account has a bcrypt hash. While one has, every check of a password costs a bcrypt too: otherwise its time would tell which accounts there are.';
