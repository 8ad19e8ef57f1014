-- The way back of 015.
set lock_timeout = '5s';
set role tm_owner;
drop table public.broker_positions;
drop table public.request_budgets;
delete from public.migrations
where name = 'RateLimits1700000000015'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
