-- 031: users change their own password.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/set_own_password.sql
grant execute on function app.set_own_password(text) to tm_app_rw, tm_admin;
alter function app.set_own_password(text) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000031, 'OwnPasswords1800000000031'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'OwnPasswords1800000000031');

reset role;
