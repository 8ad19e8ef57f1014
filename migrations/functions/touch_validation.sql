create or replace function app.touch_validation() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retried boolean;
begin
  if tg_op = 'INSERT' then
    new.project_key := (
      select t.project_key
      from public.tasks t
      where t.team_id = new.team_id
        and t.id = new.task_id
    );
  else
    -- Bookkeeping is nobody's change, and is written by statements that write nothing else.
    if (new.finding_counts, new.recorded_at) is distinct from (old.finding_counts, old.recorded_at)
      and new.validation_status = old.validation_status
    then
      return new;
    end if;
    v_retried := new.retry_count = old.retry_count + 1 and new.validation_status = 'queued';
    if new.validation_status <> old.validation_status
      and not v_retried
      and (app.validation_has_ended(old.validation_status) or new.validation_status = 'queued')
    then
      raise exception 'validation_results_transition'
        using errcode = '23514', constraint = 'validation_results_transition',
          -- A session that may write but not read learns that it failed, and not which status the result has.
          detail = case when app.has_permission('validations:read') then old.validation_status || ' ' || new.validation_status else '' end;
    end if;
    if old.validation_status = 'queued' and new.validation_status = 'running' and new.started_at is not distinct from old.started_at then
      new.started_at := now();
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  if app.validation_has_ended(new.validation_status) then
    new.completed_at := coalesce(new.completed_at, now());
    if new.execution_time_ms is null and new.started_at < new.completed_at then
      new.execution_time_ms := least(round(extract(epoch from new.completed_at - new.started_at) * 1000), 2147483647);
    end if;
  else
    new.completed_at := null;
  end if;
  return new;
end
$$;
comment on function app.touch_validation() is 'Project, transitions, times and version of a validation result.';
