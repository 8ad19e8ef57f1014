create or replace function app.record_validation(p_input jsonb)
returns table (id uuid, version integer, status text, is_new boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v public.validation_results := jsonb_populate_record(null::public.validation_results, p_input);
  v_ended constant boolean := app.validation_has_ended(v.validation_status);
begin
  if not app.may_report('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  v.team_id := (
    select t.team_id
    from public.tasks t
    where t.id = v.task_id
      and t.deleted_at is null
      and (app.is_admin() or t.team_id = any(app.reporting_team_ids()))
      and (app.ingest_project() is null or t.project_key = app.ingest_project())
  );
  if v.team_id is null then
    return;
  end if;
  if p_input ? 'started_at' then
    if v_ended and v.started_at > coalesce(v.completed_at, now()) then
      raise exception 'validation_results_times' using errcode = '23514', constraint = 'validation_results_times';
    elsif v_ended and v.execution_time_ms is null then
      v.execution_time_ms :=
        least(round(extract(epoch from coalesce(v.completed_at, now()) - v.started_at) * 1000), 2147483647);
    end if;
  elsif v_ended and v.execution_time_ms is not null then
    v.started_at := coalesce(v.completed_at, now()) - v.execution_time_ms * interval '1 millisecond';
  else
    v.started_at := least(now(), coalesce(v.completed_at, now()));
  end if;
  insert into public.validation_results as r (
    team_id, task_id, validation_type, validation_status, validation_score, validation_data, claude_code_version,
    validation_environment, started_at, completed_at, execution_time_ms, error_message, error_details, retry_count,
    metadata, external_id, tool_name, commit_sha, branch, details_url, recorded_at, created_by
  )
  values (
    v.team_id, v.task_id, v.validation_type, v.validation_status, v.validation_score, coalesce(v.validation_data, '{}'),
    v.claude_code_version, coalesce(v.validation_environment, '{}'), v.started_at, v.completed_at, v.execution_time_ms,
    v.error_message, v.error_details, coalesce(v.retry_count, 0), coalesce(v.metadata, '{}'), v.external_id, v.tool_name,
    v.commit_sha, v.branch, v.details_url, coalesce(v.recorded_at, now()), app.current_user_id()
  )
  on conflict (team_id, task_id, validation_type, external_id) where external_id is not null do nothing
  returning r.id, r.version, r.validation_status::text, true into id, version, status, is_new;
  if not found then
    select r.id, r.version, r.validation_status::text, false into id, version, status, is_new
    from public.validation_results r
    where r.team_id = v.team_id
      and r.task_id = v.task_id
      and r.validation_type = v.validation_type
      and r.external_id = v.external_id;
    -- To answer the result that is there must not hide a failure: the gate would go on looking at one that passed.
    if v_ended and v.validation_status not in ('passed', 'warning') and not exists (
      select
      from app.latest_validations(v.team_id, v.task_id, v.validation_type) l
      where l.tool_name is not distinct from v.tool_name
        and l.validation_status not in ('passed', 'warning')
    ) then
      raise exception 'validation_results_external_key'
        using errcode = '23505', constraint = 'validation_results_external_key', table = 'validation_results';
    end if;
  end if;
  return next;
end
$$;
comment on function app.record_validation(jsonb) is
  'Records a result once per task, type and external id. No row: there is no such task for this session.';
