-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_project(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"settings":', coalesce(p_row -> 'settings', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_project(jsonb) to tm_relay;
