create or replace function app.merge_errors(p_source uuid, p_target uuid, p_version integer) returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  s public.error_logs%rowtype;
  t public.error_logs%rowtype;
  v_users integer;
begin
  if not (app.has_permission('errors:write') and app.has_permission('errors:read')) then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  select * into s
  from public.error_logs l
  where l.id = p_source
    and (app.is_admin() or l.team_id = any(app.current_team_ids()));
  if not found then
    return 'missing';
  end if;
  -- Reports share this lock, so none of them is on its way to the error that goes.
  perform pg_advisory_xact_lock(hashtext('taskmaster errors'), hashtext(s.team_id::text));
  perform from public.error_logs l where l.team_id = s.team_id and l.id in (p_source, p_target) order by l.id for update;
  select * into s from public.error_logs l where l.team_id = s.team_id and l.id = p_source;
  select * into t from public.error_logs l where l.team_id = s.team_id and l.id = p_target;
  if s.version <> p_version then
    return 'stale';
  elsif p_source = p_target then
    return 'self';
  elsif t.id is null then
    return 'no_target';
  elsif s.merged_into is not null then
    return 'merged';
  elsif t.merged_into is not null then
    return 'target_merged';
  end if;

  insert into public.error_hourly_counts as c (team_id, error_id, hour, occurrence_count)
  select o.team_id, t.id, o.hour, o.occurrence_count
  from public.error_hourly_counts o
  where o.team_id = s.team_id
    and o.error_id = s.id
  on conflict (team_id, error_id, hour) do update
  set occurrence_count = c.occurrence_count + excluded.occurrence_count;
  delete from public.error_hourly_counts o where o.team_id = s.team_id and o.error_id = s.id;

  insert into public.error_users (team_id, error_id, user_hash, first_seen_at)
  select o.team_id, t.id, o.user_hash, o.first_seen_at
  from public.error_users o
  where o.team_id = s.team_id
    and o.error_id = s.id
  on conflict do nothing;
  get diagnostics v_users = row_count;
  delete from public.error_users o where o.team_id = s.team_id and o.error_id = s.id;

  update public.error_occurrences o
  set error_id = t.id
  where o.team_id = s.team_id
    and o.error_id = s.id;

  update public.error_logs l
  set occurrence_count = l.occurrence_count + s.occurrence_count,
      users_affected = l.users_affected + v_users,
      first_occurred_at = least(l.first_occurred_at, s.first_occurred_at),
      last_occurred_at = greatest(l.last_occurred_at, s.last_occurred_at),
      service_version = case
        when s.service_version is null
          or app.is_older_release(l.team_id, l.project_key, s.service_name, s.service_version, l.service_version, now())
        then l.service_version
        else s.service_version
      end
  where l.id = t.id;
  update public.error_logs l
  set merged_into = t.id
  where l.team_id = s.team_id
    and l.merged_into = s.id;
  update public.error_logs l
  set merged_into = t.id,
      occurrence_count = 0,
      users_affected = 0
  where l.id = s.id;
  insert into public.error_resolutions (team_id, error_id, changed_by, from_status, to_status, cause, notes)
  values
    (s.team_id, s.id, app.current_user_id(), s.resolution_status, s.resolution_status, 'merge', 'merged into ' || t.id),
    (t.team_id, t.id, app.current_user_id(), t.resolution_status, t.resolution_status, 'merge', 'took over ' || s.id);
  return 'done';
end
$$;
comment on function app.merge_errors(uuid, uuid, integer) is
  'Moves occurrences, counts and users of one error to another one of the team, and what will still be reported of it. Answers done, or what hinders.';
