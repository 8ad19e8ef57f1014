-- Numbering a new subtask, counting dependencies and how a task was laid out in its file are nobody's change: they leave
-- the version alone, so no If-Match may fail for them.
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
comment on function app.touch_task() is 'Version, updated_at and completed_at of a task, whichever path wrote it.';
