create or replace function app.fold_task_flow() returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_folded bigint;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep folds' using errcode = '42501';
  end if;
  with taken as (
    delete from public.task_flow_deltas
    returning *
  ),
  summed as (
    select d.team_id, g.grain, g.moment, d.project_key, d.assignee_id, d.type, d.priority, d.from_status, d.to_status, sum(d.n) as n
    from taken d
    -- What a team left behind that is gone meanwhile belongs to nobody.
    join public.teams t on t.id = d.team_id
    cross join lateral (
      values ('quarter', d.moment), ('month', date_trunc('month', d.moment, 'UTC')), ('ever', '-infinity')
    ) g (grain, moment)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
  ),
  written as (
    insert into public.task_flow as f (
      team_id, grain, moment, project_key, assignee_id, type, priority, from_status, to_status, n)
    select s.team_id, s.grain, s.moment, s.project_key, s.assignee_id, s.type, s.priority, s.from_status, s.to_status, s.n
    from summed s
    on conflict on constraint task_flow_key do update
    set n = f.n + excluded.n
  )
  select count(*)
  into v_folded
  from taken;
  return v_folded;
end
$$;
comment on function app.fold_task_flow() is 'Moves the deltas into the sums, in one transaction, so that whoever adds both up is right at every moment. For one caller at a time.';
