create or replace function app.event_part_changes(p_table text, p_old jsonb, p_new jsonb) returns text
language sql immutable parallel safe
  return case p_table
    when 'task_dependencies'
      then format('{"dependencies":{"from":%s,"to":%s}}', coalesce(p_old -> 'parent_task_id', 'null'),
        coalesce(p_new -> 'parent_task_id', 'null'))
    else
      format('{"%s":{"from":%s,"to":%s}}', case p_table when 'task_contexts' then 'contexts' else 'workflowStates' end,
        case when p_new is null then p_old -> 'id' when p_old is null then 'null' else p_new -> 'id' end,
        coalesce(p_new -> 'id', 'null'))
  end;
comment on function app.event_part_changes(text, jsonb, jsonb) is 'What was added to a task (no from), changed, or taken away (no to), by its id.';
