create or replace function app.notice_due_tasks(p_within interval) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_noticed integer;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep looks at due dates' using errcode = '42501';
  end if;
  insert into public.task_due_notices (team_id, task_id, due_date)
  select t.team_id, t.id, t.due_date
  from public.teams m
  cross join lateral (
    select t.team_id, t.id, t.due_date
    from public.tasks t
    where t.team_id = m.id
      and t.due_date > now()
      and t.due_date <= now() + p_within
      and t.deleted_at is null
      and t.status in ('pending', 'in_progress')
  ) t
  where not exists (
    select
    from public.task_due_notices n
    where n.team_id = t.team_id
      and n.task_id = t.id
      and n.due_date = t.due_date
  )
  on conflict (team_id, task_id) do update set due_date = excluded.due_date;
  get diagnostics v_noticed = row_count;
  return v_noticed;
end
$$;
comment on function app.notice_due_tasks(interval) is 'Notes the tasks that are due within this time, each once for a due date; how many.';
