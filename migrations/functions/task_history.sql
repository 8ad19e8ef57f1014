-- The trail itself is for those who manage the team; what became of one task is for everybody who may read it.
create or replace function app.task_history(p_task uuid, p_limit integer, p_time timestamptz, p_id uuid)
returns table (
  id uuid, occurred_at timestamptz, operation text, user_id uuid, user_name text, request_id text,
  old_values jsonb, new_values jsonb)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select a.id, a.occurred_at, a.operation::text, a.user_id, u.name::text, a.request_id::text, a.old_values, a.new_values
  from public.audit_logs a
  left join public.users u on u.id = a.user_id
  where a.record_id = p_task
    and a.table_name = 'tasks'
    and app.has_permission('tasks:read')
    and (app.is_admin() or a.team_id = any(app.current_team_ids()))
    and (a.occurred_at, a.id)
      < (coalesce(p_time, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  order by a.occurred_at desc, a.id desc
  limit p_limit;
end;
comment on function app.task_history(uuid, integer, timestamptz, uuid) is
  'The changes of a task before a moment, newest first, for who may read the task. Names are those of everybody who changed it, also of former members and admins.';
