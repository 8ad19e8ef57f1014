create or replace function app.hold_lease(p_task_id uuid, p_fence bigint) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team_id uuid;
  v_expires_at timestamptz;
begin
  select t.team_id into v_team_id
  from public.tasks t
  where t.id = p_task_id
    and t.deleted_at is null
  for no key update;
  if not found then
    return false;
  end if;
  select l.expires_at into v_expires_at
  from public.task_leases l
  where l.team_id = v_team_id
    and l.task_id = p_task_id
    and l.fence = p_fence
    and l.holder_id = app.current_user_id()
    and l.ended_at is null
  for no key update;
  -- The clock is read after the locks: waiting for them takes time, too.
  if v_expires_at is null or v_expires_at <= clock_timestamp() then
    raise exception 'the lease % of the task has ended', p_fence
      using errcode = '23514', constraint = 'task_leases_live', table = 'task_leases', schema = 'public';
  end if;
  return true;
end
$$;
comment on function app.hold_lease(uuid, bigint) is
  'Makes sure that the caller holds this lease, until the transaction ends: task and lease stay locked, so nobody can claim meanwhile. False when there is no such task.';
