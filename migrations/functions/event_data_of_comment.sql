-- Generated from the events that the modules declare (*.events.ts). Run npm run generate.
create or replace function app.event_data_of_comment(p_row jsonb) returns text
language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"taskId":', coalesce(p_row -> 'task_id', 'null'),
    ',"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"content":', coalesce(p_row -> 'content', 'null'),
    ',"edited":', coalesce(p_row -> 'edited', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    '}');
end
$$;
grant execute on function app.event_data_of_comment(jsonb) to tm_relay;
