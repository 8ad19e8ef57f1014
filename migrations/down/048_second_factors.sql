-- The way back of 048. Logins ask for the password alone.
set lock_timeout = '5s';
set role tm_owner;
drop function app.has_second_factor();
drop function app.remove_second_factor(uuid);
drop function app.replace_recovery_codes(bytea[]);
drop function app.confirm_second_factor(bigint);
drop function app.find_new_second_factor();
drop function app.start_second_factor(bytea);
drop function app.use_second_factor(uuid, bigint, bytea);
drop function app.find_second_factor(uuid);
drop table public.recovery_codes;
drop table public.second_factors;
delete from public.migrations
where name = 'SecondFactors1800000000048'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
