create or replace function app.begin_import(p_task_id uuid, p_type text, p_runs jsonb)
returns table (external_id text, recorded_at timestamptz, id uuid)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_team_id uuid;
  v_recorded_at timestamptz;
begin
  if not app.may_report('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  select t.team_id into v_team_id
  from public.tasks t
  where t.id = p_task_id
    and t.deleted_at is null
    and (app.is_admin() or t.team_id = any(app.reporting_team_ids()))
    and (app.ingest_project() is null or t.project_key = app.ingest_project());
  if v_team_id is null then
    return;
  end if;
  -- Of the same report sent twice at once, the second must see the first.
  perform pg_advisory_xact_lock(hashtextextended(concat('validations ', p_task_id, ' ', p_type), 0));
  select greatest(clock_timestamp(), max(l.recorded_at) + interval '1 microsecond') into v_recorded_at
  from app.latest_validations(v_team_id, p_task_id, p_type) l;
  return query
    with runs as (
      select g.run ->> 'key' as key, g.run ->> 'status' as status, g.place
      from jsonb_array_elements(p_runs) with ordinality g (run, place)
    ),
    known as (
      select
        regexp_replace(r.external_id, '~\d+$', '') as key,
        max(coalesce(substring(r.external_id from '~(\d+)$')::integer, 1)) as repeats
      from public.validation_results r
      where r.team_id = v_team_id
        and r.task_id = p_task_id
        and r.validation_type = p_type
        and r.external_id is not null
      group by 1
    ),
    -- A result that was changed or tried again since is no longer what the report says.
    latest as (
      select distinct on (1, 2) regexp_replace(l.external_id, '~\d+$', '') as key, l.validation_status::text as status, l.id
      from app.latest_validations(v_team_id, p_task_id, p_type) l
      where l.version = 1
      order by 1, 2, 3
    )
    select
      r.key || coalesce('~' || (k.repeats + 1), ''),
      v_recorded_at,
      case when bool_and(l.id is not null) over () then l.id end
    from runs r
    left join known k on k.key = r.key
    left join latest l on l.key = r.key and l.status = r.status
    order by r.place;
end
$$;
comment on function app.begin_import(uuid, text, jsonb) is
  'Before a report is recorded: the external id and the time of each of its runs, and the result that it repeats, if all of them repeat the latest ones. No row: there is no such task for this session.';
