-- Each count is a subquery of its own: joining two child tables at once multiplies the counts. Children are those of both
-- meanings of parent_task_id: the subtasks, and the tasks that depend on this one; each once.
create or replace view public.active_tasks with (security_invoker = on) as
select
  t.id,
  t.team_id,
  t.project_key,
  t.list,
  t.ref,
  t.title,
  t.description,
  t.details,
  t.test_strategy,
  t.type,
  t.status,
  t.stage,
  t.priority,
  t.complexity_score,
  t.affected_files,
  t.requirements,
  t.acceptance_criteria,
  t.tags,
  t.parent_task_id,
  t.assignee_id,
  t.assigned_to,
  t.created_by,
  t.estimated_hours,
  t.actual_hours,
  t.due_date,
  t.remind_at,
  t.recurrence_pattern,
  t.recurrence_interval,
  t.next_occurrence,
  t.metadata,
  t.version,
  t.next_child,
  t.source,
  t.search,
  t.dependency_count,
  t.open_dependencies,
  t.ref_path,
  t.created_at,
  t.updated_at,
  t.started_at,
  t.completed_at,
  t.deleted_at,
  (select count(*) from public.task_contexts c where c.team_id = t.team_id and c.task_id = t.id) as context_count,
  (
    select count(*)
    from (
      select s.id
      from public.tasks s
      where s.team_id = t.team_id
        and s.parent_task_id = t.id
        and s.deleted_at is null
      union
      select d.child_task_id
      from public.task_dependencies d
      where d.team_id = t.team_id
        and d.parent_task_id = t.id
    ) c
  ) as child_task_count
from public.tasks t
where t.status in ('pending', 'in_progress')
  and t.deleted_at is null;
