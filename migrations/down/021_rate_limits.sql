-- The way back of 021.
set lock_timeout = '5s';
set role tm_owner;
drop table public.request_budgets;
delete from public.migrations
where name = 'RateLimits1800000000021'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
