create or replace function app.give_back(p_team_id uuid, p_task_id uuid, p_gave_assignee boolean) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
begin atomic
  update public.tasks t
  set status = 'pending',
      stage = null,
      assignee_id = case when p_gave_assignee then null else t.assignee_id end,
      assigned_to = case when p_gave_assignee then null else t.assigned_to end
  where t.team_id = p_team_id
    and t.id = p_task_id
    and t.status = 'in_progress'
    and t.deleted_at is null;
end;
comment on function app.give_back(uuid, uuid, boolean) is 'What the end of a lease does to a task that is not finished.';
