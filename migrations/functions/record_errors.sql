create or replace function app.record_errors(p_errors jsonb)
returns table (out_item integer, out_problem text, out_id uuid, out_count integer, out_is_new boolean, out_is_regression boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v record;
  e record;
  v_team uuid;
  v_users integer;
  v_ends boolean;
begin
  if not app.may_report('errors:write') then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  -- A merge waits for what is being recorded and the other way round, so the group that an occurrence goes to is settled.
  for v_team in
    select distinct p.team_id from app.place_errors(p_errors) p where p.problem is null order by 1
  loop
    perform pg_advisory_xact_lock_shared(hashtext('taskmaster errors'), hashtext(v_team::text));
  end loop;
  insert into public.error_releases (team_id, project_key, service_name, service_version)
  select distinct p.team_id, coalesce(p.project_key, ''), coalesce(p.service_name, ''), p.service_version
  from app.place_errors(p_errors) p
  where p.problem is null
    and p.service_version is not null
    and not exists (
      select
      from public.error_releases r
      where (r.team_id, r.project_key, r.service_name, r.service_version)
        = (p.team_id, coalesce(p.project_key, ''), coalesce(p.service_name, ''), p.service_version))
  order by 1, 2, 3, 4
  on conflict do nothing;

  -- In one order everywhere: two batches with the same errors wait for each other and never in a circle.
  for v in
    select *
    from app.place_errors(p_errors) p
    order by p.team_id, coalesce(p.project_key, '') collate "C", p.environment collate "C", p.fingerprint collate "C",
      p.occurred_at, p.item
  loop
    out_item := v.item;
    out_problem := v.problem;
    out_id := null;
    out_count := null;
    out_is_new := false;
    out_is_regression := false;
    if v.problem is not null then
      return next;
      continue;
    end if;

    insert into public.error_logs as l (
      team_id, project_key, environment, fingerprint, fingerprint_version, fingerprint_source, title,
      error_code, error_category, error_severity, error_message, error_details, stack_trace, context_data,
      task_id, validation_result_id, workflow_state_id, first_occurred_at, last_occurred_at,
      user_id, session_id, ip_address, user_agent, service_name, service_version, first_service_version, metadata)
    values (
      v.team_id, v.project_key, v.environment, v.fingerprint, v.fingerprint_version, v.fingerprint_source, v.title,
      v.error_code, v.error_category, v.error_severity, v.error_message, v.error_details, v.stack_trace, v.context_data,
      v.task_id, v.validation_result_id, v.workflow_state_id, v.occurred_at, v.occurred_at,
      v.user_id, v.session_id, v.ip_address, v.user_agent, v.service_name, v.service_version, v.service_version, v.metadata)
    on conflict (team_id, coalesce(project_key, ''), environment, fingerprint) do update
    set occurrence_count = least(l.occurrence_count, 2147483646) + 1,
        first_occurred_at = least(l.first_occurred_at, excluded.first_occurred_at),
        last_occurred_at = greatest(l.last_occurred_at, excluded.last_occurred_at),
        service_version = case
          when excluded.service_version is null or app.is_older_release(
            l.team_id, l.project_key, excluded.service_name, excluded.service_version, l.service_version, now())
          then l.service_version
          else excluded.service_version
        end
    returning l.id, l.occurrence_count, l.users_affected, l.resolution_status, l.resolved_at, l.resolved_in_version,
      l.resolved_in_next_release, l.ignored_until, l.ignored_until_count, l.ignored_until_users
    into e;

    v_users := 0;
    if v.user_hash is not null then
      insert into public.error_users (team_id, error_id, user_hash)
      values (v.team_id, e.id, sha256(convert_to(v.team_id::text || ':' || v.user_hash, 'UTF8')))
      on conflict do nothing;
      get diagnostics v_users = row_count;
    end if;

    -- The row is locked by the upsert, so of two occurrences that both would reopen it only the first one does.
    out_is_regression := e.resolution_status = 'resolved'
      and v.occurred_at > e.resolved_at
      and case
        when v.service_version is null then not e.resolved_in_next_release
        when e.resolved_in_next_release and v.service_version = e.resolved_in_version then false
        else not app.is_older_release(
          v.team_id, v.project_key, v.service_name, v.service_version, e.resolved_in_version, e.resolved_at)
      end;
    v_ends := e.resolution_status = 'ignored'
      and coalesce(
        v.occurred_at >= e.ignored_until
        or e.occurrence_count >= e.ignored_until_count
        or e.users_affected + v_users >= e.ignored_until_users,
        false);
    if v_users > 0 or v_ends or out_is_regression then
      perform set_config('app.error_cause', case when v_ends then 'ignore_expired' else 'regression' end, true);
      perform set_config('app.error_release', coalesce(v.service_version, ''), true);
      update public.error_logs l
      set users_affected = l.users_affected + v_users,
          resolution_status = case
            when out_is_regression then 'regressed'
            when v_ends then 'unresolved'
            else l.resolution_status
          end,
          resolved_at = case when out_is_regression then null else l.resolved_at end,
          resolved_by = case when out_is_regression then null else l.resolved_by end,
          ignored_until = case when v_ends then null else l.ignored_until end,
          ignored_until_count = case when v_ends then null else l.ignored_until_count end,
          ignored_until_users = case when v_ends then null else l.ignored_until_users end
      where l.id = e.id;
      perform set_config('app.error_cause', '', true);
    end if;

    insert into public.error_hourly_counts as c (team_id, error_id, hour, occurrence_count)
    values (v.team_id, e.id, date_bin('15 minutes', v.occurred_at, '2000-01-01 00:00:00+00'), 1)
    on conflict (team_id, error_id, hour) do update
    set occurrence_count = c.occurrence_count + 1;

    if e.occurrence_count < 100 or e.occurrence_count % (10 ^ (length(e.occurrence_count::text) - 2))::integer = 0 then
      insert into public.error_occurrences (
        team_id, error_id, number, occurred_at, error_message, error_details, stack_trace, context_data, user_id, session_id,
        ip_address, user_agent, service_name, service_version, metadata)
      values (
        v.team_id, e.id, e.occurrence_count, v.occurred_at, v.error_message, v.error_details, v.stack_trace, v.context_data,
        v.user_id, v.session_id, v.ip_address, v.user_agent, v.service_name, v.service_version, v.metadata);
    end if;

    out_id := e.id;
    out_count := e.occurrence_count;
    out_is_new := e.occurrence_count = 1;
    return next;
  end loop;
end
$$;
comment on function app.record_errors(jsonb) is
  'Counts occurrences, each in its group: one atomic upsert per occurrence, exact counts by hour and of users, a sample of the rest, regressions and ended ignores. Answers only what somebody may know who may not read errors.';
