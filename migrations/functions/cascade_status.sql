create or replace function app.cascade_status() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings jsonb;
  v_constraint text;
begin
  -- Set by an import: a file says what each of its tasks is.
  if current_setting('app.cascades', true) = 'off' then
    return null;
  end if;
  select j.settings into v_settings
  from public.projects j
  where j.team_id = new.team_id
    and j.project_key = new.project_key;
  if coalesce(v_settings, '{}') = '{}' then
    return null;
  end if;

  if (new.status = 'completed' and app.project_option(v_settings, 'completeSubtasksWithParent'))
    or (new.status = 'cancelled' and app.project_option(v_settings, 'cancelSubtasksWithParent'))
  then
    update public.tasks t
    set status = new.status,
        stage = null
    where t.team_id = new.team_id
      and t.parent_task_id = new.id
      and t.status not in ('completed', 'cancelled')
      and t.deleted_at is null;
  end if;

  if new.parent_task_id is null then
    return null;
  end if;
  if new.status = 'completed' and app.project_option(v_settings, 'completeParentWithSubtasks') then
    -- The lock first: of the last two subtasks, completed at once, the second one then sees the first.
    perform
    from public.tasks p
    where p.team_id = new.team_id
      and p.id = new.parent_task_id
    for no key update;
    begin
      update public.tasks p
      set status = 'completed',
          stage = null
      where p.team_id = new.team_id
        and p.id = new.parent_task_id
        and p.status not in ('completed', 'cancelled')
        and p.deleted_at is null
        and not exists (
          select
          from public.tasks s
          where s.team_id = new.team_id
            and s.parent_task_id = new.parent_task_id
            and s.status not in ('completed', 'cancelled')
            and s.deleted_at is null
        );
    exception
      when check_violation then
        -- A gate of the project may refuse the parent. The subtask is done all the same, and the parent stays open.
        get stacked diagnostics v_constraint = constraint_name;
        if v_constraint <> 'tasks_validation_gate' then
          raise;
        end if;
    end;
  end if;
  if new.status in ('in_progress', 'completed') and app.project_option(v_settings, 'startParentWithSubtask') then
    update public.tasks p
    set status = 'in_progress',
        stage = null
    where p.team_id = new.team_id
      and p.id = new.parent_task_id
      and p.status = 'pending'
      and p.deleted_at is null;
  end if;
  return null;
end
$$;
comment on function app.cascade_status() is 'What the status of a task does to its parent and its subtasks, where the project says so.';
