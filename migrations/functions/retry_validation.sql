create or replace function app.retry_validation(p_id uuid, p_version integer)
returns table (id uuid, version integer, status text, is_stale boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  o public.validation_results;
  v_recorded_at timestamptz;
begin
  select w.* into o from app.writable_validation(p_id) w;
  if o.id is null then
    return;
  end if;
  if p_version is distinct from o.version and p_version is not null then
    return query select o.id, o.version, o.validation_status::text, true;
    return;
  end if;
  if not app.validation_has_ended(o.validation_status) then
    raise exception 'validation_results_retry'
      using errcode = '23514', constraint = 'validation_results_retry',
        detail = case when app.has_permission('validations:read') then o.validation_status else '' end;
  end if;
  insert into public.validation_attempts (
    team_id, validation_result_id, attempt, validation_status, validation_score, validation_data, claude_code_version,
    validation_environment, started_at, completed_at, execution_time_ms, error_message, error_details, finding_counts, retried_by
  )
  values (
    o.team_id, o.id, o.attempt, o.validation_status, o.validation_score, o.validation_data, o.claude_code_version,
    o.validation_environment, o.started_at, o.completed_at, o.execution_time_ms, o.error_message, o.error_details,
    o.finding_counts, app.current_user_id()
  );
  select coalesce(max(l.recorded_at), now()) into v_recorded_at
  from app.latest_validations(o.team_id, o.task_id, o.validation_type) l
  where l.tool_name is not distinct from o.tool_name;
  -- Two statements: the trigger tells bookkeeping by its changing alone. The attempt counts beside the latest results and
  -- does not take their place: it may be of an older commit than a failure among them.
  update public.validation_results r
  set finding_counts = null,
      recorded_at = v_recorded_at
  where r.team_id = o.team_id
    and r.id = o.id
    and (r.finding_counts is not null or r.recorded_at is distinct from v_recorded_at);
  update public.validation_results r
  set retry_count = o.retry_count + 1,
      validation_status = 'queued',
      validation_score = null,
      validation_data = '{}',
      started_at = null,
      completed_at = null,
      execution_time_ms = null,
      error_message = null,
      error_details = null
  where r.team_id = o.team_id
    and r.id = o.id
  returning r.id, r.version, r.validation_status::text, false into id, version, status, is_stale;
  return next;
end
$$;
comment on function app.retry_validation(uuid, integer) is 'Starts the next attempt and keeps how the last one ended.';
