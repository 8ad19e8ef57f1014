-- 007: what an import of 5,000 tasks must not do 5,000 times over.
set lock_timeout = '5s';
set role tm_owner;

-- How a task was laid out in its file is nobody's change either: a file that was only formatted anew changes no version.
create or replace function app.touch_task() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.next_child <> old.next_child
      or new.dependency_count <> old.dependency_count
      or new.open_dependencies <> old.open_dependencies
    then
      return new;
    end if;
    if new.source is distinct from old.source then
      old.source := new.source;
      -- Generated columns are empty in new until the trigger has ended.
      old.ref_path := new.ref_path;
      old.search := new.search;
      if new is not distinct from old then
        return new;
      end if;
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
  -- Set by an import around the dependencies of the tasks that it has inserted with their counts: counting them here
  -- would write each of them a second time, in every index.
  if current_setting('app.dependencies_counted', true) = 'on' then
    return null;
  end if;
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

insert into public.migrations ("timestamp", name)
select 1700000000007, 'Import1700000000007'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Import1700000000007');

reset role;
