create or replace function app.count_changed_task() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_moment timestamptz := greatest(new.created_at,
    case when new.status = 'completed' and old.status <> 'completed' then new.completed_at else new.updated_at end);
  v_before text := case when old.status = 'completed' and old.started_at is not null then 'in_progress' else 'pending' end;
begin
  -- Times that are put right after the fact, which no route of the service does.
  if new.created_at <> old.created_at then
    perform app.count_task_flow(old, old.created_at, 'new', 'pending', -1);
    perform app.count_task_flow(old, new.created_at, 'new', 'pending', 1);
  end if;
  if new.completed_at <> old.completed_at and new.status = 'completed' and old.status = 'completed' then
    perform app.count_task_flow(old, greatest(old.created_at, old.completed_at), v_before, 'completed', -1);
    perform app.count_task_flow(old, greatest(new.created_at, new.completed_at), v_before, 'completed', 1);
  end if;
  if old.deleted_at is not null then
    if new.deleted_at is null then
      perform app.count_task_flow(new, v_moment, 'deleted', old.status, 1);
    else
      return null;
    end if;
  elsif (new.team_id, new.project_key, new.assignee_id, new.type, new.priority)
    is distinct from (old.team_id, old.project_key, old.assignee_id, old.type, old.priority)
  then
    perform app.count_task_flow(old, v_moment, old.status, 'elsewhere', 1);
    perform app.count_task_flow(new, v_moment, 'elsewhere', old.status, 1);
  end if;
  if new.status <> old.status then
    perform app.count_task_flow(new, v_moment, old.status, new.status, 1);
  end if;
  if new.deleted_at is not null then
    perform app.count_task_flow(new, greatest(v_moment, new.deleted_at), new.status, 'deleted', 1);
  end if;
  return null;
end
$$;
comment on function app.count_changed_task() is 'Counts the steps that an update was: moved, changed its status, deleted, restored.';
