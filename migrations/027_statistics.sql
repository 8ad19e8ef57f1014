-- 027: statistics follow a team that grows fast.
set lock_timeout = '5s';
set role tm_owner;

-- PostgreSQL plans for a team that its statistics do not know as if it had one row, and may then read the whole team for each
-- look-up. By default it looks again after a tenth of the table has changed, which a new team among many is not.
alter table public.tasks set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000);
alter table public.task_dependencies set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000);

insert into public.migrations ("timestamp", name)
select 1800000000027, 'Statistics1800000000027'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Statistics1800000000027');

reset role;
