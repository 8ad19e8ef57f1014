create or replace function app.return_expired_tasks() returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_all constant boolean := app.system_reason() is not null or app.admin_may('tasks:write');
  v_teams constant uuid[] := app.current_team_ids();
  v_now constant timestamptz := clock_timestamp();
  v_expired record;
  v_gave_assignee boolean;
begin
  if not v_all and not app.has_permission('tasks:write') then
    raise exception 'permission tasks:write is needed' using errcode = '42501';
  end if;
  for v_expired in
    select l.team_id, l.task_id
    from public.task_leases l
    where l.ended_at is null
      and l.expires_at <= v_now
      and (v_all or l.team_id = any(v_teams))
    order by l.expires_at
    limit c_most
  loop
    -- A task that somebody is writing is left to the next look.
    perform
    from public.tasks t
    where t.team_id = v_expired.team_id
      and t.id = v_expired.task_id
    for no key update skip locked;
    continue when not found;
    update public.task_leases l
    set ended_at = clock_timestamp()
    where l.team_id = v_expired.team_id
      and l.task_id = v_expired.task_id
      and l.ended_at is null
      and l.expires_at <= v_now
    returning l.gave_assignee into v_gave_assignee;
    continue when not found;
    perform app.give_back(v_expired.team_id, v_expired.task_id, v_gave_assignee);
  end loop;
end
$$;
comment on function app.return_expired_tasks() is
  'Puts the tasks whose leases have expired back to pending. Every claim calls it first, and a job twice a second.';
