-- The way back of 022.
set lock_timeout = '5s';
set role tm_owner;
drop table public.broker_positions;
delete from public.migrations
where name = 'BrokerPositions1800000000022'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
