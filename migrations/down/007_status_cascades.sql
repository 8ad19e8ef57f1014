-- The way back of 007.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_status_cascade on public.tasks;
set role tm_work;
drop function app.cascade_status();
set role tm_owner;
delete from public.migrations
where name = 'StatusCascades1800000000007'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
