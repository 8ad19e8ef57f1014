-- The way back of 049.
set lock_timeout = '5s';
set role tm_owner;
drop function app.replace_imported_password(uuid, text, text);
drop function app.has_imported_passwords();
drop index public.users_imported_password_idx;
delete from public.migrations
where name = 'ImportedPasswords1800000000049'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
