-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_team(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"ownerId":', coalesce(p_row -> 'owner_id', 'null'),
    ',"isPersonal":', coalesce(p_row -> 'is_personal', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_team(jsonb) to tm_relay;
