-- The way back of 031.
set lock_timeout = '5s';
set role tm_owner;
drop function app.set_own_password(text);
delete from public.migrations
where name = 'OwnPasswords1800000000031'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
