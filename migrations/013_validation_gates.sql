-- 013: the gate of a project: no task is completed while its latest validations say no.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/validation_gate.sql
\ir functions/check_validation_gate.sql

create trigger tasks_validation_gate_insert after insert on public.tasks
  for each row when (new.status = 'completed' and new.project_key is not null)
  execute function app.check_validation_gate();
create trigger tasks_validation_gate_update after update of status on public.tasks
  for each row when (new.status = 'completed' and old.status <> 'completed' and new.project_key is not null)
  execute function app.check_validation_gate();
grant execute on function app.validation_gate(uuid, uuid, jsonb) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_ingest;
grant create on schema app to tm_ingest;
alter function app.check_validation_gate() owner to tm_ingest;
revoke create on schema app from tm_ingest;

insert into public.migrations ("timestamp", name)
select 1800000000013, 'ValidationGates1800000000013'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ValidationGates1800000000013');

reset role;
