-- A text body: a parsed one would hold on to today's columns, and the next migration that adds one would break it.
create or replace function app.latest_validations(p_team_id uuid, p_task_id uuid, p_type text)
returns setof public.validation_results
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select (r.result).*
  from (
    select v as result, rank() over (partition by v.tool_name order by v.recorded_at desc) as place
    from public.validation_results v
    where v.team_id = p_team_id
      and v.task_id = p_task_id
      and v.validation_type = p_type
      and v.recorded_at is not null
  ) r
  where r.place = 1;
$$;
comment on function app.latest_validations(uuid, uuid, text) is
  'The results of a type that count for a task: of each tool those recorded last, and those that were tried again since. With the rights of its caller.';
