-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_invite(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"email":', coalesce(p_row -> 'email', 'null'),
    ',"role":', coalesce(p_row -> 'role', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"expiresAt":', coalesce(p_row -> 'expires_at', 'null'),
    ',"sentAt":', coalesce(p_row -> 'sent_at', 'null'),
    ',"acceptedAt":', coalesce(p_row -> 'accepted_at', 'null'),
    ',"revokedAt":', coalesce(p_row -> 'revoked_at', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_invite(jsonb) to tm_relay;
