-- The latest result of a type is the one recorded last; the results of one import are recorded together and all count.
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
    select j.type, v.validation_status::text as status, v.validation_score as score, v.finding_counts as counts
    from judged j
    cross join lateral (
      select r.created_at
      from public.validation_results r
      where r.team_id = p_team_id
        and r.task_id = p_task_id
        and r.validation_type = j.type
      order by r.created_at desc
      limit 1
    ) last
    join public.validation_results v
      on v.team_id = p_team_id
      and v.task_id = p_task_id
      and v.validation_type = j.type
      and v.created_at = last.created_at
  ),
  conditions as (
    select 1 as kind, r.type, 'status' as metric, '"passed or warning"'::jsonb as required, to_jsonb(l.actual) as actual,
      coalesce(l.actual in ('passed', 'warning'), false) as passed
    from required r
    left join lateral (
      -- Of several, the one that fails.
      select l.status as actual
      from latest l
      where l.type = r.type
      order by l.status in ('passed', 'warning'), l.status = 'passed', l.status
      limit 1
    ) l on true
    union all
    select 2, j.type, 'score', p_gate -> 'minScore', to_jsonb(min(l.score)),
      coalesce(min(l.score) >= (p_gate ->> 'minScore')::numeric, true)
    from judged j
    join latest l on l.type = j.type
    where jsonb_typeof(p_gate -> 'minScore') = 'number'
    group by j.type
    union all
    select 3, null, m.severity, m.most, to_jsonb(n.found), n.found <= m.most::numeric
    from jsonb_each(case when jsonb_typeof(p_gate -> 'maxFindings') = 'object' then p_gate -> 'maxFindings' else '{}' end) m (severity, most)
    cross join lateral (
      select coalesce(sum((l.counts ->> m.severity)::integer), 0) as found
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
