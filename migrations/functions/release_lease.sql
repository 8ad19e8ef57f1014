create or replace function app.release_lease(p_task_id uuid, p_fence bigint) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team_id uuid;
  v_gave_assignee boolean;
begin
  if not app.hold_lease(p_task_id, p_fence) then
    return false;
  end if;
  update public.task_leases l
  set ended_at = clock_timestamp()
  from public.tasks t
  where t.id = p_task_id
    and l.team_id = t.team_id
    and l.task_id = t.id
  returning l.team_id, l.gave_assignee into v_team_id, v_gave_assignee;
  perform app.give_back(v_team_id, p_task_id, v_gave_assignee);
  return true;
end
$$;
comment on function app.release_lease(uuid, bigint) is 'Gives a task back before its time. False when there is no such task.';
