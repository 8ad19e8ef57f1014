-- The way back of 005.
set lock_timeout = '5s';
set role tm_owner;
drop function app.next_task_ids(uuid, text, text, integer);
drop trigger tasks_open_dependencies on public.tasks;
drop trigger task_dependencies_removed on public.task_dependencies;
drop trigger task_dependencies_added on public.task_dependencies;
drop function app.count_open_dependencies();
drop function app.count_removed_dependencies();
drop function app.count_added_dependencies();
create or replace function app.touch_task() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.next_child <> old.next_child then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := greatest(now(), old.updated_at);
    if new.status <> 'completed' then
      new.completed_at := null;
    elsif old.status <> 'completed' and new.completed_at is null then
      new.completed_at := now();
    end if;
  elsif new.status = 'completed' and new.completed_at is null then
    new.completed_at := now();
  end if;
  return new;
end
$$;
drop index public.tasks_begun_idx;
drop index public.tasks_next_idx;
alter table public.tasks
  drop column ref_path,
  drop column open_dependencies,
  drop column dependency_count;
delete from public.migrations
where name = 'ReadyAndNext1700000000005'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
