create or replace function app.claim_task(p_team_id uuid, p_project_key text, p_list text, p_filter jsonb, p_seconds integer)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As many as may be claiming at this moment, so that one look is enough.
  v_limit integer := 32;
  v_ids uuid[];
  v_wait boolean := false;
  v_expired uuid[];
  v_task record;
  v_name text;
begin
  select array_agg(l.task_id) into v_expired
  from public.task_leases l
  where l.ended_at is null
    and l.expires_at <= clock_timestamp()
    and l.team_id = any((select app.current_team_ids())::uuid[]);
  perform app.return_expired_tasks();
  loop
    select array_agg(n.id order by n.ordinal) into v_ids
    from app.next_task_ids(p_team_id, p_project_key, p_list, v_limit, true, p_filter) n;
    if v_ids is null then
      if v_expired is null then
        return null;
      end if;
      -- Others may be returning these at this moment: look again once they have.
      perform
      from public.tasks t
      where t.id = any(v_expired)
      order by t.id
      for no key update;
      perform app.return_expired_tasks();
      v_expired := null;
      continue;
    end if;
    -- A task may have changed since it was found, or while its lock was waited for, so all conditions are checked again.
    if v_wait then
      select t.* into v_task
      from public.tasks t
      where t.id = v_ids[1]
        and t.status = 'pending'
        and t.stage is null
        and t.open_dependencies = 0
        and t.deleted_at is null
        and app.fits_task_filter(t, p_filter)
      for no key update;
    else
      select t.* into v_task
      from public.tasks t
      where t.id = any(v_ids)
        and t.status = 'pending'
        and t.stage is null
        and t.open_dependencies = 0
        and t.deleted_at is null
        and app.fits_task_filter(t, p_filter)
      order by array_position(v_ids, t.id)
      limit 1
      for no key update skip locked;
    end if;
    exit when found;
    -- Others hold all of these: look further. When there is nothing further, wait for the best one, which its holder may
    -- only be renaming: "nothing is ready" is never said while something is.
    v_wait := cardinality(v_ids) < v_limit;
    v_limit := case when v_wait then v_limit else v_limit * 4 end;
  end loop;

  if v_task.assignee_id is null and v_task.assigned_to is null then
    select u.username into v_name
    from public.team_members m
    join public.users u on u.id = m.user_id
    where m.team_id = v_task.team_id
      and m.user_id = app.current_user_id();
  end if;
  insert into public.task_leases as l (
    team_id, task_id, holder_id, credential_id, lease_seconds, gave_assignee, claimed_at, heartbeat_at, expires_at)
  select
    v_task.team_id, v_task.id, app.current_user_id(),
    nullif(current_setting('app.credential_id', true), '')::uuid,
    p_seconds, v_name is not null, c.now, c.now, c.now + make_interval(secs => p_seconds)
  from (select clock_timestamp() as now) c
  on conflict (team_id, task_id) do update
  set fence = l.fence + 1,
      holder_id = excluded.holder_id,
      credential_id = excluded.credential_id,
      lease_seconds = excluded.lease_seconds,
      gave_assignee = excluded.gave_assignee,
      claimed_at = excluded.claimed_at,
      heartbeat_at = excluded.heartbeat_at,
      expires_at = excluded.expires_at,
      ended_at = null;
  update public.tasks t
  set status = 'in_progress',
      assignee_id = case when v_name is null then t.assignee_id else app.current_user_id() end,
      assigned_to = coalesce(v_name, t.assigned_to)
  where t.team_id = v_task.team_id
    and t.id = v_task.id;
  return v_task.id;
end
$$;
comment on function app.claim_task(uuid, text, text, jsonb, integer) is
  'Hands the best ready task to exactly one caller and answers its id; null when nothing is ready.';
