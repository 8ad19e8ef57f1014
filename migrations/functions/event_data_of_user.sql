-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_user(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"username":', coalesce(p_row -> 'username', 'null'),
    ',"email":', coalesce(p_row -> 'email', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"kind":', coalesce(p_row -> 'kind', 'null'),
    ',"ownerId":', coalesce(p_row -> 'owner_id', 'null'),
    ',"isActive":', coalesce(p_row -> 'is_active', 'null'),
    ',"lastLoginAt":', coalesce(p_row -> 'last_login_at', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_user(jsonb) to tm_relay;
