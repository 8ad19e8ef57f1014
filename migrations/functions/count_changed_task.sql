create or replace function app.count_changed_task() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_moment timestamptz := greatest(new.created_at,
    case when new.status = 'completed' and old.status <> 'completed' then new.completed_at else new.updated_at end);
  v_before text;
begin
  -- An update that is no step meets none of these conditions. A condition of the trigger would cost more than the call, because
  -- PostgreSQL reads it from its text again with every statement.
  -- Times that are put right after the fact, which no route of the service does.
  if new.created_at <> old.created_at then
    perform app.count_task_flow(old, old.created_at, 'new', 'pending', -1);
    perform app.count_task_flow(old, new.created_at, 'new', 'pending', 1);
  end if;
  if new.completed_at <> old.completed_at and new.status = 'completed' and old.status = 'completed' then
    v_before := case when old.started_at is not null then 'in_progress' else 'pending' end;
    perform app.count_task_flow(old, greatest(old.created_at, old.completed_at), v_before, 'completed', -1);
    perform app.count_task_flow(old, greatest(new.created_at, new.completed_at), v_before, 'completed', 1);
  end if;
  -- The two steps of every day are written here and not by app.count_task_flow, whose call takes three times as long.
  if old.deleted_at is not null then
    if new.deleted_at is null then
      perform app.count_task_flow(new, v_moment, 'deleted', old.status, 1);
    else
      return null;
    end if;
  elsif (new.team_id, new.project_key, new.assignee_id, new.type, new.priority)
    is distinct from (old.team_id, old.project_key, old.assignee_id, old.type, old.priority)
  then
    insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
    values
      (old.team_id, old.project_key, old.assignee_id, old.type, old.priority, app.quarter_hour(v_moment), old.status, 'elsewhere', 1),
      (new.team_id, new.project_key, new.assignee_id, new.type, new.priority, app.quarter_hour(v_moment), 'elsewhere', old.status, 1);
  end if;
  if new.status <> old.status then
    insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
    values
      (new.team_id, new.project_key, new.assignee_id, new.type, new.priority, app.quarter_hour(v_moment), old.status, new.status, 1);
  end if;
  if new.deleted_at is not null then
    perform app.count_task_flow(new, greatest(v_moment, new.deleted_at), new.status, 'deleted', 1);
  end if;
  return null;
end
$$;
comment on function app.count_changed_task() is 'Counts the steps that an update was: moved, changed its status, deleted, restored.';
