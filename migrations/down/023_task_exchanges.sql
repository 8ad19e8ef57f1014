-- The way back of 023.
set lock_timeout = '5s';
set role tm_owner;
drop table public.task_exchanges;
delete from public.migrations
where name = 'TaskExchanges1800000000023'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
