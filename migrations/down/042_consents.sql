-- The way back of 042.
set lock_timeout = '5s';
set role tm_owner;
drop table public.consents;
delete from public.migrations
where name = 'Consents1800000000042'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
