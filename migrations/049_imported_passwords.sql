-- 049: accounts of other systems keep their passwords.
set lock_timeout = '5s';
set role tm_owner;

-- Empty once everybody has logged in.
create index users_imported_password_idx on public.users (id) where password_hash like '$2%';

\ir functions/has_imported_passwords.sql
\ir functions/replace_imported_password.sql
grant execute on function app.has_imported_passwords(), app.replace_imported_password(uuid, text, text) to tm_app_rw;
alter function app.has_imported_passwords() owner to tm_auth;
alter function app.replace_imported_password(uuid, text, text) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000049, 'ImportedPasswords1800000000049'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ImportedPasswords1800000000049');

reset role;
