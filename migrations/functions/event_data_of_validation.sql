-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_validation(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"taskId":', coalesce(p_row -> 'task_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"validationType":', coalesce(p_row -> 'validation_type', 'null'),
    ',"validationStatus":', coalesce(p_row -> 'validation_status', 'null'),
    ',"validationScore":', coalesce(p_row -> 'validation_score', 'null'),
    ',"validationData":', coalesce(p_row -> 'validation_data', 'null'),
    ',"claudeCodeVersion":', coalesce(p_row -> 'claude_code_version', 'null'),
    ',"validationEnvironment":', coalesce(p_row -> 'validation_environment', 'null'),
    ',"toolName":', coalesce(p_row -> 'tool_name', 'null'),
    ',"commitSha":', coalesce(p_row -> 'commit_sha', 'null'),
    ',"branch":', coalesce(p_row -> 'branch', 'null'),
    ',"externalId":', coalesce(p_row -> 'external_id', 'null'),
    ',"detailsUrl":', coalesce(p_row -> 'details_url', 'null'),
    ',"attempt":', (p_row ->> 'retry_count')::integer + 1,
    ',"retryCount":', coalesce(p_row -> 'retry_count', 'null'),
    ',"startedAt":', coalesce(p_row -> 'started_at', 'null'),
    ',"completedAt":', coalesce(p_row -> 'completed_at', 'null'),
    ',"executionTimeMs":', coalesce(p_row -> 'execution_time_ms', 'null'),
    ',"errorMessage":', coalesce(p_row -> 'error_message', 'null'),
    ',"errorDetails":', coalesce(p_row -> 'error_details', 'null'),
    ',"findingCounts":', coalesce(p_row -> 'finding_counts', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_validation(jsonb) to tm_relay;
