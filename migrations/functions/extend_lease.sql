create or replace function app.extend_lease(p_task_id uuid, p_fence bigint, p_seconds integer) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app.hold_lease(p_task_id, p_fence) then
    return false;
  end if;
  update public.task_leases l
  set lease_seconds = coalesce(p_seconds, l.lease_seconds),
      heartbeat_at = clock_timestamp(),
      expires_at = clock_timestamp() + make_interval(secs => coalesce(p_seconds, l.lease_seconds))
  from public.tasks t
  where t.id = p_task_id
    and l.team_id = t.team_id
    and l.task_id = t.id;
  return true;
end
$$;
comment on function app.extend_lease(uuid, bigint, integer) is 'A heartbeat. False when there is no such task.';
