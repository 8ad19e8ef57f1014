-- A text body: a parsed one would hold on to today's columns, and the next migration that adds one would break it.
create or replace function app.finding_baseline(p_result public.validation_results)
returns setof public.validation_results
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.*
  from public.validation_results r
  where r.team_id = p_result.team_id
    and r.task_id = p_result.task_id
    and r.validation_type = p_result.validation_type
    and r.tool_name is not distinct from p_result.tool_name
    and r.validation_status in ('passed', 'failed', 'warning')
    and r.finding_counts is not null
    and r.created_at < p_result.created_at
  order by r.created_at desc, r.id desc
  limit 1;
$$;
comment on function app.finding_baseline(public.validation_results) is
  'The last result before it of the same task, type and tool that ran to its end and reported findings.';
