-- The latest result of a type is the one recorded last of each tool; all tools count, and so do all runs of one import.
-- One that did not run to its end, or failed and does not say why, meets no condition on scores and findings.
create or replace function app.validation_gate(p_team_id uuid, p_task_id uuid, p_gate jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
  with required as (
    select distinct t.type
    from jsonb_array_elements_text(case when jsonb_typeof(p_gate -> 'requiredTypes') = 'array' then p_gate -> 'requiredTypes' else '[]' end) t (type)
  ),
  judged as (
    select r.type
    from required r
    union all
    select t.type
    from unnest(array[
      'syntax', 'security', 'performance', 'style', 'testing', 'integration', 'deployment', 'compliance', 'documentation']) t (type)
    where not exists (select from required)
  ),
  latest as (
    select j.type, v.tool_name as tool, v.validation_status::text as status, v.validation_score as score, v.finding_counts as counts,
      v.validation_status in ('passed', 'warning') or v.validation_status = 'failed' and v.validation_score is not null as is_scored,
      v.validation_status in ('passed', 'warning') or v.validation_status = 'failed' and v.finding_counts is not null as is_listed
    from judged j
    cross join lateral app.latest_validations(p_team_id, p_task_id, j.type) v
  ),
  conditions as (
    select 1 as kind, r.type, l.tool, 'status' as metric, '"passed or warning"'::jsonb as required, to_jsonb(l.actual) as actual,
      coalesce(l.actual in ('passed', 'warning'), false) as passed
    from required r
    left join lateral (
      -- Of several, the one that fails.
      select l.status as actual, l.tool
      from latest l
      where l.type = r.type
      order by l.status in ('passed', 'warning'), l.status = 'passed', l.status, l.tool
      limit 1
    ) l on true
    union all
    select 2, j.type, null, 'score', p_gate -> 'minScore', case when bool_and(l.is_scored) then to_jsonb(min(l.score)) end,
      bool_and(l.is_scored) and coalesce(min(l.score) >= (p_gate ->> 'minScore')::numeric, true)
    from judged j
    join latest l on l.type = j.type
    where jsonb_typeof(p_gate -> 'minScore') = 'number'
    group by j.type
    union all
    -- Without any result nobody knows, and a gate must not open on nothing.
    select 2, null, null, 'score', p_gate -> 'minScore', null::jsonb, false
    where jsonb_typeof(p_gate -> 'minScore') = 'number'
      and not exists (select from latest)
    union all
    select 3, null, null, m.severity, m.most, case when n.is_known then to_jsonb(n.found) end,
      n.is_known and n.found <= m.most::numeric
    from jsonb_each(case when jsonb_typeof(p_gate -> 'maxFindings') = 'object' then p_gate -> 'maxFindings' else '{}' end) m (severity, most)
    cross join lateral (
      select
        coalesce(sum((l.counts ->> m.severity)::integer), 0) as found,
        coalesce(bool_and(l.is_listed), false) as is_known
      from latest l
    ) n
    where jsonb_typeof(m.most) = 'number'
  )
  select jsonb_build_object(
    'passed', coalesce(bool_and(c.passed), true),
    'conditions', coalesce(
      jsonb_agg(
        jsonb_build_object(
          'type', c.type,
          'toolName', c.tool,
          'metric', case when c.kind = 3 then 'findings' else c.metric end,
          'severity', case when c.kind = 3 then c.metric end,
          'required', c.required,
          'actual', c.actual,
          'passed', c.passed
        )
        order by c.kind, c.type, c.metric
      ),
      '[]'
    )
  )
  from conditions c;
end;
comment on function app.validation_gate(uuid, uuid, jsonb) is
  'Whether the latest results of a task meet what the project asks for, condition by condition. With the rights of its caller.';
