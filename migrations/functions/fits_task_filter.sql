-- Generated from the filters that the shapes declare (*.dto.ts). Run npm run generate.
create or replace function app.fits_task_filter(p_row jsonb, p_filter jsonb) returns boolean
language plpgsql stable parallel safe as $$
begin
  return (p_filter -> 'id' is null or p_filter -> 'id' @> (p_row -> 'id'))
    and (p_filter -> 'ref' is null or p_filter -> 'ref' @> (p_row -> 'ref'))
    and (p_filter -> 'type' is null or p_filter -> 'type' @> (p_row -> 'type'))
    and (p_filter -> 'status' is null or p_filter -> 'status' @> (p_row -> 'status'))
    and (p_filter -> 'stage' is null or p_filter -> 'stage' @> (p_row -> 'stage'))
    and (p_filter -> 'priority' is null or p_filter -> 'priority' @> (p_row -> 'priority'))
    and (p_filter -> 'priorityAbove' is null or (p_row ->> 'priority')::integer > (p_filter ->> 'priorityAbove')::integer)
    and (p_filter -> 'priorityMin' is null or (p_row ->> 'priority')::integer >= (p_filter ->> 'priorityMin')::integer)
    and (p_filter -> 'priorityBelow' is null or (p_row ->> 'priority')::integer < (p_filter ->> 'priorityBelow')::integer)
    and (p_filter -> 'priorityMax' is null or (p_row ->> 'priority')::integer <= (p_filter ->> 'priorityMax')::integer)
    and (p_filter -> 'complexityScore' is null or p_filter -> 'complexityScore' @> (p_row -> 'complexityScore'))
    and (p_filter -> 'complexityScoreAbove' is null or (p_row ->> 'complexityScore')::integer > (p_filter ->> 'complexityScoreAbove')::integer)
    and (p_filter -> 'complexityScoreMin' is null or (p_row ->> 'complexityScore')::integer >= (p_filter ->> 'complexityScoreMin')::integer)
    and (p_filter -> 'complexityScoreBelow' is null or (p_row ->> 'complexityScore')::integer < (p_filter ->> 'complexityScoreBelow')::integer)
    and (p_filter -> 'complexityScoreMax' is null or (p_row ->> 'complexityScore')::integer <= (p_filter ->> 'complexityScoreMax')::integer)
    and (p_filter -> 'tags' is null or (p_row -> 'tags') @> (p_filter -> 'tags'))
    and (p_filter -> 'parentTaskId' is null or p_filter -> 'parentTaskId' @> (p_row -> 'parentTaskId'))
    and (p_filter -> 'assigneeId' is null or p_filter -> 'assigneeId' @> (p_row -> 'assigneeId'))
    and (p_filter -> 'assignedTo' is null or p_filter -> 'assignedTo' @> (p_row -> 'assignedTo'))
    and (p_filter -> 'createdBy' is null or p_filter -> 'createdBy' @> (p_row -> 'createdBy'))
    and (p_filter -> 'dueAfter' is null or (p_row ->> 'dueDate')::timestamptz > (p_filter ->> 'dueAfter')::timestamptz)
    and (p_filter -> 'dueFrom' is null or (p_row ->> 'dueDate')::timestamptz >= (p_filter ->> 'dueFrom')::timestamptz)
    and (p_filter -> 'dueBefore' is null or (p_row ->> 'dueDate')::timestamptz < (p_filter ->> 'dueBefore')::timestamptz)
    and (p_filter -> 'dueUntil' is null or (p_row ->> 'dueDate')::timestamptz <= (p_filter ->> 'dueUntil')::timestamptz)
    and (p_filter -> 'remindAfter' is null or (p_row ->> 'remindAt')::timestamptz > (p_filter ->> 'remindAfter')::timestamptz)
    and (p_filter -> 'remindFrom' is null or (p_row ->> 'remindAt')::timestamptz >= (p_filter ->> 'remindFrom')::timestamptz)
    and (p_filter -> 'remindBefore' is null or (p_row ->> 'remindAt')::timestamptz < (p_filter ->> 'remindBefore')::timestamptz)
    and (p_filter -> 'remindUntil' is null or (p_row ->> 'remindAt')::timestamptz <= (p_filter ->> 'remindUntil')::timestamptz)
    and (p_filter -> 'createdAfter' is null or (p_row ->> 'createdAt')::timestamptz > (p_filter ->> 'createdAfter')::timestamptz)
    and (p_filter -> 'createdFrom' is null or (p_row ->> 'createdAt')::timestamptz >= (p_filter ->> 'createdFrom')::timestamptz)
    and (p_filter -> 'createdBefore' is null or (p_row ->> 'createdAt')::timestamptz < (p_filter ->> 'createdBefore')::timestamptz)
    and (p_filter -> 'createdUntil' is null or (p_row ->> 'createdAt')::timestamptz <= (p_filter ->> 'createdUntil')::timestamptz)
    and (p_filter -> 'updatedAfter' is null or (p_row ->> 'updatedAt')::timestamptz > (p_filter ->> 'updatedAfter')::timestamptz)
    and (p_filter -> 'updatedFrom' is null or (p_row ->> 'updatedAt')::timestamptz >= (p_filter ->> 'updatedFrom')::timestamptz)
    and (p_filter -> 'updatedBefore' is null or (p_row ->> 'updatedAt')::timestamptz < (p_filter ->> 'updatedBefore')::timestamptz)
    and (p_filter -> 'updatedUntil' is null or (p_row ->> 'updatedAt')::timestamptz <= (p_filter ->> 'updatedUntil')::timestamptz)
    and (p_filter -> 'completedAfter' is null or (p_row ->> 'completedAt')::timestamptz > (p_filter ->> 'completedAfter')::timestamptz)
    and (p_filter -> 'completedFrom' is null or (p_row ->> 'completedAt')::timestamptz >= (p_filter ->> 'completedFrom')::timestamptz)
    and (p_filter -> 'completedBefore' is null or (p_row ->> 'completedAt')::timestamptz < (p_filter ->> 'completedBefore')::timestamptz)
    and (p_filter -> 'completedUntil' is null or (p_row ->> 'completedAt')::timestamptz <= (p_filter ->> 'completedUntil')::timestamptz);
end
$$;
comment on function app.fits_task_filter(jsonb, jsonb) is
  'Whether a row with these values is what the filters ask for: lists of values by name, and the ends of ranges.';

create or replace function app.fits_task_filter(t public.tasks, p_filter jsonb) returns boolean
language sql stable parallel safe as $$
  select p_filter is null or (
    app.fits_task_filter(jsonb_build_object(
      'id', t.id,
      'ref', t.ref,
      'type', t.type,
      'status', t.status,
      'stage', t.stage,
      'priority', t.priority,
      'complexityScore', t.complexity_score,
      'tags', t.tags,
      'parentTaskId', t.parent_task_id,
      'assigneeId', t.assignee_id,
      'assignedTo', t.assigned_to,
      'createdBy', t.created_by,
      'dueDate', t.due_date,
      'remindAt', t.remind_at,
      'createdAt', t.created_at,
      'updatedAt', t.updated_at,
      'completedAt', t.completed_at), p_filter)
    and (p_filter -> 'search' is null or t.search @@ (p_filter ->> 'search')::tsquery))
$$;
comment on function app.fits_task_filter(public.tasks, jsonb) is
  'Whether a row is what the filters ask for, also the query of a search; without filters every row is.';
