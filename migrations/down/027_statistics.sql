-- The way back of 027.
set lock_timeout = '5s';
set role tm_owner;
alter table public.task_dependencies reset (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
alter table public.tasks reset (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
delete from public.migrations
where name = 'Statistics1800000000027'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
