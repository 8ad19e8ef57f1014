create or replace function app.event_data_of_team_member(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"role":', coalesce(p_row -> 'role', 'null'),
    ',"joinedAt":', coalesce(p_row -> 'joined_at', 'null'), '}');
end
$$;
