create or replace function app.count_task_flow(p_task public.tasks, p_moment timestamptz, p_from text, p_to text, p_n integer)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into public.task_flow_deltas (team_id, project_key, assignee_id, type, priority, moment, from_status, to_status, n)
  values (p_task.team_id, p_task.project_key, p_task.assignee_id, p_task.type, p_task.priority,
          app.quarter_hour(p_moment), p_from, p_to, p_n);
$$;
comment on function app.count_task_flow(public.tasks, timestamptz, text, text, integer) is 'One step of one task.';
