-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_webhook(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"eventTypes":', coalesce(p_row -> 'event_types', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"isEnabled":', coalesce(p_row -> 'is_enabled', 'null'),
    ',"disabledReason":', coalesce(p_row -> 'disabled_reason', 'null'),
    ',"disabledAt":', coalesce(p_row -> 'disabled_at', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_webhook(jsonb) to tm_relay;
