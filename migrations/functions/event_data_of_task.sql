-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_task(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"list":', coalesce(p_row -> 'list', 'null'),
    ',"ref":', coalesce(p_row -> 'ref', 'null'),
    ',"title":', coalesce(p_row -> 'title', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"details":', coalesce(p_row -> 'details', 'null'),
    ',"testStrategy":', coalesce(p_row -> 'test_strategy', 'null'),
    ',"type":', coalesce(p_row -> 'type', 'null'),
    ',"status":', coalesce(p_row -> 'status', 'null'),
    ',"stage":', coalesce(p_row -> 'stage', 'null'),
    ',"completed":', to_jsonb(p_row ->> 'status' = 'completed'),
    ',"priority":', coalesce(p_row -> 'priority', 'null'),
    ',"complexityScore":', coalesce(p_row -> 'complexity_score', 'null'),
    ',"affectedFiles":', coalesce(p_row -> 'affected_files', 'null'),
    ',"requirements":', coalesce(p_row -> 'requirements', 'null'),
    ',"acceptanceCriteria":', coalesce(p_row -> 'acceptance_criteria', 'null'),
    ',"tags":', coalesce(p_row -> 'tags', 'null'),
    ',"parentTaskId":', coalesce(p_row -> 'parent_task_id', 'null'),
    ',"assigneeId":', coalesce(p_row -> 'assignee_id', 'null'),
    ',"assignedTo":', coalesce(p_row -> 'assigned_to', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"estimatedHours":', coalesce(p_row -> 'estimated_hours', 'null'),
    ',"actualHours":', coalesce(p_row -> 'actual_hours', 'null'),
    ',"dueDate":', coalesce(p_row -> 'due_date', 'null'),
    ',"remindAt":', coalesce(p_row -> 'remind_at', 'null'),
    ',"recurrencePattern":', coalesce(p_row -> 'recurrence_pattern', 'null'),
    ',"recurrenceInterval":', coalesce(p_row -> 'recurrence_interval', 'null'),
    ',"nextOccurrence":', coalesce(p_row -> 'next_occurrence', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    ',"startedAt":', coalesce(p_row -> 'started_at', 'null'),
    ',"completedAt":', coalesce(p_row -> 'completed_at', 'null'),
    ',"deletedAt":', coalesce(p_row -> 'deleted_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_task(jsonb) to tm_relay;
