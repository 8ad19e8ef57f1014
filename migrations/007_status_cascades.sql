-- 007: what the status of a task does to its parent and its subtasks, as far as the project asks for it.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/cascade_status.sql

create trigger tasks_status_cascade after update of status on public.tasks
  for each row
  when (
    old.status <> new.status
    and new.status in ('in_progress', 'completed', 'cancelled')
    and new.project_key is not null
    and new.deleted_at is null
  )
  execute function app.cascade_status();
grant create on schema app to tm_work;
alter function app.cascade_status() owner to tm_work;
revoke create on schema app from tm_work;

insert into public.migrations ("timestamp", name)
select 1800000000007, 'StatusCascades1800000000007'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'StatusCascades1800000000007');

reset role;
