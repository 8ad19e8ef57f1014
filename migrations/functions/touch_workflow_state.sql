create or replace function app.touch_workflow_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    new.version := old.version + 1;
    new.updated_at := now();
    if new.state = old.state then
      return new;
    end if;
  end if;
  if new.state = 'pending' then
    new.started_at := null;
  elsif new.state <> 'cancelled' then
    new.started_at := coalesce(new.started_at, now());
  end if;
  new.completed_at := case when new.state in ('completed', 'failed', 'cancelled') then coalesce(new.completed_at, now()) end;
  return new;
end
$$;
comment on function app.touch_workflow_state() is 'updated_at, and when a step began and ended.';
