create or replace function app.change_validation(p_id uuid, p_version integer, p_set jsonb, p_merge jsonb)
returns table (id uuid, version integer, status text, is_stale boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  o public.validation_results;
  n public.validation_results;
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
  n := jsonb_populate_record(o, p_set);
  if n.task_id <> o.task_id or n.validation_type <> o.validation_type then
    raise exception 'validation_results_fixed' using errcode = '23514', constraint = 'validation_results_fixed';
  end if;
  if p_set ->> 'completed_at' is not null and not app.validation_has_ended(n.validation_status) then
    raise exception 'validation_results_not_ended' using errcode = '23514', constraint = 'validation_results_not_ended';
  elsif app.validation_has_ended(n.validation_status) and n.started_at > n.completed_at then
    raise exception 'validation_results_times' using errcode = '23514', constraint = 'validation_results_times';
  end if;
  update public.validation_results r
  set validation_status = n.validation_status,
      validation_score = n.validation_score,
      validation_data = app.merge_patch(n.validation_data, coalesce(p_merge -> 'validation_data', '{}')),
      claude_code_version = n.claude_code_version,
      validation_environment = app.merge_patch(n.validation_environment, coalesce(p_merge -> 'validation_environment', '{}')),
      started_at = n.started_at,
      completed_at = n.completed_at,
      execution_time_ms = n.execution_time_ms,
      error_message = n.error_message,
      error_details = case when p_merge ? 'error_details' then app.merge_patch(n.error_details, p_merge -> 'error_details') else n.error_details end,
      metadata = app.merge_patch(n.metadata, coalesce(p_merge -> 'metadata', '{}')),
      external_id = n.external_id,
      tool_name = n.tool_name,
      commit_sha = n.commit_sha,
      branch = n.branch,
      details_url = n.details_url
  where r.team_id = o.team_id
    and r.id = o.id
  returning r.id, r.version, r.validation_status::text, false into id, version, status, is_stale;
  -- Under the name of another tool it counts beside the latest results of that tool, and no older result takes its place
  -- under the name that it had: a failure would be hidden.
  if n.tool_name is distinct from o.tool_name then
    update public.validation_results r
    set recorded_at = null
    where r.team_id = o.team_id
      and r.task_id = o.task_id
      and r.validation_type = o.validation_type
      and r.tool_name is not distinct from o.tool_name
      and r.recorded_at <= o.recorded_at;
    select max(l.recorded_at) into v_recorded_at
    from app.latest_validations(o.team_id, o.task_id, o.validation_type) l
    where l.tool_name is not distinct from n.tool_name;
    update public.validation_results r
    set recorded_at = v_recorded_at
    where r.team_id = o.team_id
      and r.id = o.id
      and r.recorded_at < v_recorded_at;
  end if;
  return next;
end
$$;
comment on function app.change_validation(uuid, integer, jsonb, jsonb) is
  'Changes a result that is still at the expected version: columns to set, and JSON columns to merge (RFC 7396).';
