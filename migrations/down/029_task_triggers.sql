-- The way back of 029.
set lock_timeout = '5s';
set role tm_owner;
drop function app.claimed_task(uuid);
set role tm_work;
grant execute on function app.count_open_dependencies() to tm_owner;
set role tm_owner;
create or replace trigger tasks_open_dependencies after update of status, deleted_at on public.tasks
  for each row
  when (
    (case when old.deleted_at is not null or old.status = 'completed' then 0 when old.status = 'cancelled' then 1 else 2 end)
    <> (case when new.deleted_at is not null or new.status = 'completed' then 0 when new.status = 'cancelled' then 1 else 2 end)
  )
  execute function app.count_open_dependencies();
create or replace trigger tasks_flow_update after update on public.tasks
  for each row
  when (
    old.status is distinct from new.status
    or (old.deleted_at is null) is distinct from (new.deleted_at is null)
    or (old.team_id, old.project_key, old.assignee_id, old.type, old.priority)
      is distinct from (new.team_id, new.project_key, new.assignee_id, new.type, new.priority)
    or old.created_at is distinct from new.created_at
    or old.completed_at is distinct from new.completed_at
  )
  execute function app.count_changed_task();
set role tm_work;
revoke execute on function app.count_open_dependencies() from tm_owner;
set role tm_owner;
delete from public.migrations
where name = 'TaskTriggers1800000000029'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
