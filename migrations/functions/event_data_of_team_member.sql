-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_team_member(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"role":', coalesce(p_row -> 'role', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"joinedAt":', coalesce(p_row -> 'joined_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_team_member(jsonb) to tm_relay;
