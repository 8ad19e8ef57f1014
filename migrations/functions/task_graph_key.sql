create or replace function app.task_graph_key(p_team_id uuid) returns bigint language sql immutable parallel safe
  return hashtextextended('task graph ' || p_team_id::text, 0);
comment on function app.task_graph_key(uuid) is
  'The advisory lock under which a team''s dependencies grow: of two requests that close a cycle together, the second sees the first.';
