-- The way back of 013.
set lock_timeout = '5s';
set role tm_owner;
drop trigger tasks_validation_gate_update on public.tasks;
drop trigger tasks_validation_gate_insert on public.tasks;
drop function app.validation_gate(uuid, uuid, jsonb);
set role tm_ingest;
drop function app.check_validation_gate();
set role tm_owner;
delete from public.migrations
where name = 'ValidationGates1800000000013'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
