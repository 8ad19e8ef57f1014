-- The way back of 019.
set lock_timeout = '5s';
set role tm_owner;
drop schema graphile_worker cascade;
delete from public.migrations
where name = 'Jobs1800000000019'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
