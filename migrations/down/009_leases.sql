-- The way back of 009.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_lease_ends on public.tasks;
drop function app.release_lease(uuid, bigint);
drop function app.extend_lease(uuid, bigint, integer);
drop function app.hold_lease(uuid, bigint);
set role tm_work;
drop function app.return_expired_tasks();
set role tm_owner;
drop function app.give_back(uuid, uuid, boolean);
drop table public.task_leases;
set role tm_work;
drop function app.end_lease();
set role tm_owner;
delete from public.migrations
where name = 'Leases1800000000009'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
