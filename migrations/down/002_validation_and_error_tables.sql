-- The way back of 002.
set lock_timeout = '5s';
set role tm_owner;
drop table public.error_logs;
drop table public.validation_results;
drop function app.touch_error();
delete from public.migrations
where name = 'ValidationAndErrorTables1800000000002'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
