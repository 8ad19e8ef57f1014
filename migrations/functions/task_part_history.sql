-- Only what became of a dependency or a comment: the trail keeps texts that were removed since.
-- Both parts are also ordered by the task, of which there is one: under row-level security PostgreSQL does not see from the
-- condition that an expression is constant, and would read and sort all entries of the task for each page.
create or replace function app.task_part_history(p_task uuid, p_limit integer, p_time timestamptz, p_id uuid)
returns table (
  id uuid, occurred_at timestamptz, table_name text, operation text, part_id uuid, user_id uuid, user_name text,
  request_id text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  with found as (
    (
      select a.id, a.occurred_at, a.table_name, a.operation, (a.record_key ->> 'parent_task_id')::uuid as part_id,
        a.user_id, a.request_id
      from public.audit_logs a
      where a.table_name = 'task_dependencies'
        and (a.record_key ->> 'child_task_id')::uuid = p_task
        and a.operation <> 'UPDATE'
        and app.has_permission('tasks:read')
        and (app.is_admin() or a.team_id = any(app.current_team_ids()))
        and (a.occurred_at, a.id)
          < (coalesce(p_time, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by (a.record_key ->> 'child_task_id')::uuid, a.occurred_at desc, a.id desc
      limit p_limit
    )
    union all
    (
      select a.id, a.occurred_at, a.table_name, a.operation, a.record_id, a.user_id, a.request_id
      from public.audit_logs a
      where a.table_name = 'task_comments'
        and (coalesce(a.new_values, a.old_values) ->> 'task_id')::uuid = p_task
        -- The comments of a user who is deleted lose their author, which is no change of theirs.
        and (a.operation <> 'UPDATE' or a.old_values ? 'content')
        and app.has_permission('tasks:read')
        and (app.is_admin() or a.team_id = any(app.current_team_ids()))
        and (a.occurred_at, a.id)
          < (coalesce(p_time, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by (coalesce(a.new_values, a.old_values) ->> 'task_id')::uuid, a.occurred_at desc, a.id desc
      limit p_limit
    )
  )
  select
    f.id, f.occurred_at, f.table_name::text, f.operation::text, f.part_id, f.user_id, u.name::text, f.request_id::text
  from found f
  left join public.users u on u.id = f.user_id
  order by f.occurred_at desc, f.id desc
  limit p_limit;
end;
comment on function app.task_part_history(uuid, integer, timestamptz, uuid) is
  'The dependencies and comments of a task that were added, changed or removed before a moment, newest first, for who may read the task.';
