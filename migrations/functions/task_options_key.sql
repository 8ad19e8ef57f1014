create or replace function app.task_options_key(p_team_id uuid) returns bigint language sql immutable parallel safe
  return hashtextextended('task options ' || p_team_id::text, 0);
comment on function app.task_options_key(uuid) is
  'The advisory lock between what cancelled tasks count for (shared: whoever counts one; exclusive: whoever changes the option).';
