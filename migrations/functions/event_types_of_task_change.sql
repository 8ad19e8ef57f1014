create or replace function app.event_types_of_task_change(p_changed text[], p_new jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
  v_types text[] := '{}';
begin
  if 'deleted_at' = any(p_changed) and p_new -> 'deleted_at' = 'null' then
    v_types := v_types || 'task.restored'::text;
  end if;
  if not p_changed <@ array['status', 'stage', 'assignee_id', 'assigned_to', 'started_at', 'completed_at', 'deleted_at'] then
    v_types := v_types || 'task.updated'::text;
  end if;
  if p_changed && array['assignee_id', 'assigned_to'] then
    v_types := v_types || 'task.assigned'::text;
  end if;
  if p_changed && array['status', 'stage'] then
    v_types := v_types || 'task.status_changed'::text;
    if 'status' = any(p_changed) and p_new ->> 'status' = 'completed' then
      v_types := v_types || 'task.completed'::text;
    end if;
  end if;
  if 'deleted_at' = any(p_changed) and p_new -> 'deleted_at' <> 'null' then
    v_types := v_types || 'task.deleted'::text;
  end if;
  return case when v_types = '{}' and p_changed <> '{}' then '{task.updated}' else v_types end;
end
$$;
