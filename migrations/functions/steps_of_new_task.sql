-- A new task begins as pending when it was created. One that comes with another status (an import) got there when it was
-- completed, begun or last changed.
create or replace function app.steps_of_new_task(p_task public.tasks)
returns table (moment timestamptz, from_status text, to_status text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
  with reached as (
    select greatest(
      p_task.created_at,
      case p_task.status
        when 'completed' then p_task.completed_at
        when 'in_progress' then p_task.started_at
        else p_task.updated_at
      end) as moment
  )
  select p_task.created_at, 'new', 'pending'
  union all
  select r.moment, 'pending', p_task.status
  from reached r
  where p_task.status <> 'pending'
  union all
  select greatest(r.moment, p_task.deleted_at), p_task.status, 'deleted'
  from reached r
  where p_task.deleted_at is not null;
end;
comment on function app.steps_of_new_task(public.tasks) is 'How a task got to where it is, from its row alone.';
