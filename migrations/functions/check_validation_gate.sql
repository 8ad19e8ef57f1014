create or replace function app.check_validation_gate() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate jsonb;
  v_result jsonb;
begin
  -- An import brings what is true elsewhere already.
  if current_setting('app.gate_waived', true) = 'on' then
    return null;
  end if;
  select p.settings -> 'validationGate' into v_gate
  from public.projects p
  where p.team_id = new.team_id
    and p.project_key = new.project_key;
  if jsonb_typeof(v_gate) is distinct from 'object' or v_gate -> 'enforced' = 'false' then
    return null;
  end if;
  v_result := app.validation_gate(new.team_id, new.id, v_gate);
  if not (v_result ->> 'passed')::boolean then
    raise exception 'tasks_validation_gate'
      using errcode = '23514', constraint = 'tasks_validation_gate', table = 'tasks',
        detail = jsonb_path_query_array(v_result, '$.conditions[*] ? (@.passed == false)')::text;
  end if;
  return null;
end
$$;
comment on function app.check_validation_gate() is 'A task is not completed while its project''s gate says no.';
