-- The way back of 007.
set lock_timeout = '5s';
set role tm_owner;
create or replace function app.touch_task() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.next_child <> old.next_child
      or new.dependency_count <> old.dependency_count
      or new.open_dependencies <> old.open_dependencies
    then
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
create or replace function app.count_added_dependencies() returns trigger language plpgsql as $$
begin
  -- A prerequisite that is being completed at this moment must be waited for: else it would be counted as open for ever.
  perform
  from public.tasks p
  where (p.team_id, p.id) in (select a.team_id, a.parent_task_id from added a)
  order by p.id
  for share;
  update public.tasks t
  set dependency_count = t.dependency_count + c.total,
      open_dependencies = t.open_dependencies + c.open
  from (
    select
      a.team_id,
      a.child_task_id,
      count(*) as total,
      count(*) filter (where p.status <> 'completed' and p.deleted_at is null) as open
    from added a
    join public.tasks p on p.team_id = a.team_id and p.id = a.parent_task_id
    group by a.team_id, a.child_task_id
  ) c
  where t.team_id = c.team_id
    and t.id = c.child_task_id;
  return null;
end
$$;
delete from public.migrations
where name = 'Import1700000000007'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
