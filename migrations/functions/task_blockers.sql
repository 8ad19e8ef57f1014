create or replace function app.task_blockers(p_task_id uuid) returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_task record;
  v_level uuid[] := array[p_task_id];
  v_seen uuid[] := array[p_task_id];
  v_paths jsonb := jsonb_build_object(p_task_id, '[]'::jsonb);
  v_found jsonb;
  v_chain jsonb := '[]';
  v_depth integer := 0;
  v_reasons jsonb := '[]';
  v_ready boolean;
begin
  select
    t.id, t.team_id, t.status, t.stage, t.deleted_at, t.open_dependencies, t.parent_task_id,
    p.status as parent_status, p.stage as parent_stage, p.deleted_at as parent_deleted_at, p.ref as parent_ref,
    l.expires_at
  into v_task
  from public.tasks t
  left join public.tasks p on p.team_id = t.team_id and p.id = t.parent_task_id
  left join public.task_leases l
    on l.team_id = t.team_id
    and l.task_id = t.id
    and l.ended_at is null
    and l.expires_at > now()
  where t.id = p_task_id;
  if not found then
    return null;
  end if;

  -- Level by level, every task once: a walk along every path would take for ever where paths meet and part again.
  while cardinality(v_level) > 0 and cardinality(v_seen) <= c_most
  loop
    v_depth := v_depth + 1;
    select jsonb_agg(f.item order by f.priority desc, f.ref_path, f.id)
    into v_found
    from (
      select distinct on (p.id)
        p.id,
        p.priority,
        p.ref_path,
        jsonb_build_object(
          'id', p.id,
          'projectKey', p.project_key,
          'list', p.list,
          'ref', p.ref,
          'title', p.title,
          'status', p.status,
          'stage', p.stage,
          'priority', p.priority,
          'assigneeId', p.assignee_id,
          'depth', v_depth,
          'path', (v_paths -> c.id::text) || to_jsonb(p.id),
          'ready', p.status = 'pending' and p.stage is null and p.open_dependencies = 0
        ) as item
      from unnest(v_level) v (id)
      join public.tasks c on c.team_id = v_task.team_id and c.id = v.id
      left join public.projects j on j.team_id = c.team_id and j.project_key = c.project_key
      join public.task_dependencies d on d.team_id = c.team_id and d.child_task_id = c.id
      join public.tasks p on p.team_id = d.team_id and p.id = d.parent_task_id
      where app.is_open(p.status, p.deleted_at, app.project_option(j.settings, 'cancelledSatisfies'))
        and p.id <> all(v_seen)
      order by p.id, c.id
    ) f;
    exit when v_found is null;
    v_chain := v_chain || v_found;
    select array_agg((i ->> 'id')::uuid), jsonb_object_agg(i ->> 'id', i -> 'path')
    into v_level, v_paths
    from jsonb_array_elements(v_found) i;
    v_seen := v_seen || v_level;
  end loop;

  v_ready := v_task.status = 'pending' and v_task.stage is null and v_task.deleted_at is null
    and v_task.open_dependencies = 0;
  select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'message', r.message) order by r.place), '[]')
  into v_reasons
  from (
    values
      (1, v_task.deleted_at is not null, 'DELETED', 'The task is deleted.'),
      (2, v_task.status <> 'pending', upper(v_task.status),
        'The task is ' || replace(v_task.status, '_', ' ') || '; only a pending one is to be begun.'),
      (3, v_task.stage is not null, upper(v_task.stage), 'The task is set to ' || v_task.stage || '.'),
      (4, v_task.expires_at is not null, 'LEASED',
        'Somebody has claimed the task until '
          || to_char(v_task.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '.'),
      (5, v_task.open_dependencies > 0, 'OPEN_DEPENDENCIES',
        'The task waits for ' || v_task.open_dependencies || case v_task.open_dependencies when 1 then ' other.' else ' others.' end),
      (6, v_task.parent_task_id is not null and v_task.status = 'pending'
          and not (v_task.parent_status = 'in_progress' and v_task.parent_stage is null and v_task.parent_deleted_at is null),
        'PARENT_NOT_BEGUN',
        'The task it is a subtask of is not in progress: until then it is ready, but not offered as next.')
  ) r (place, holds, code, message)
  where r.holds;
  return jsonb_build_object(
    'taskId', p_task_id,
    'ready', v_ready,
    'claimable', v_reasons = '[]',
    'reasons', v_reasons,
    'chain', v_chain,
    'truncated', cardinality(v_seen) > c_most
  );
end
$$;
comment on function app.task_blockers(uuid) is
  'Why a task is not ready, and every open prerequisite that can be reached from it, nearest first; at most about 1,000. Null when there is no such task.';
