-- Facts alone: task-blockers.rules.ts makes sentences and the answer of them.
create or replace function app.task_blockers(p_task_id uuid)
returns table (
  depth integer,
  path uuid[],
  id uuid,
  project_key text,
  list text,
  ref text,
  title text,
  status text,
  stage text,
  priority integer,
  assignee_id uuid,
  is_ready boolean,
  is_deleted boolean,
  open_dependencies integer,
  leased_until timestamptz,
  waits_for_parent boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  c_most constant integer := 1000;
  v_level uuid[] := array[p_task_id];
  v_seen uuid[] := array[p_task_id];
  v_paths jsonb := jsonb_build_object(p_task_id, '[]'::jsonb);
  v_found jsonb;
  v_depth integer := 0;
begin
  return query
  select
    0, '{}'::uuid[], t.id, t.project_key::text, t.list::text, t.ref::text, t.title::text, t.status::text, t.stage::text,
    t.priority, t.assignee_id,
    t.status = 'pending' and t.stage is null and t.deleted_at is null and t.open_dependencies = 0,
    t.deleted_at is not null,
    t.open_dependencies,
    l.expires_at,
    t.parent_task_id is not null and t.status = 'pending'
      and not (p.status = 'in_progress' and p.stage is null and p.deleted_at is null)
  from public.tasks t
  left join public.tasks p on p.id = t.parent_task_id
  left join public.task_leases l
    on l.team_id = t.team_id
    and l.task_id = t.id
    and l.ended_at is null
    and l.expires_at > now()
  where t.id = p_task_id;
  if not found then
    return;
  end if;

  -- Level by level, every task once: a walk along every path would take for ever where paths meet and part again.
  -- One look-up by id for each: in a team that statistics do not know, joins paired all its tasks (30 s among 12,500).
  while cardinality(v_level) > 0 and cardinality(v_seen) <= c_most
  loop
    v_depth := v_depth + 1;
    select jsonb_agg(to_jsonb(f) order by f.priority desc, f.ref_path, f.id)
    into v_found
    from (
      select distinct on (p.id)
        p.id, p.project_key, p.list, p.ref, p.ref_path, p.title, p.status, p.stage, p.priority, p.assignee_id,
        p.open_dependencies,
        (v_paths -> c.id::text) || to_jsonb(p.id) as path
      from unnest(v_level) v (id)
      cross join lateral (select c.id, c.team_id, c.project_key from public.tasks c where c.id = v.id offset 0) c
      left join public.projects j on j.team_id = c.team_id and j.project_key = c.project_key
      cross join lateral (
        select d.parent_task_id
        from public.task_dependencies d
        where d.team_id = c.team_id
          and d.child_task_id = c.id
        offset 0
      ) d
      cross join lateral (select p.* from public.tasks p where p.id = d.parent_task_id offset 0) p
      where app.is_open(p.status, p.deleted_at, app.project_option(j.settings, 'cancelledSatisfies'))
        and p.id <> all(v_seen)
      order by p.id, c.id
    ) f;
    exit when v_found is null;
    return query
    select
      v_depth, f.path, f.id, f.project_key, f.list, f.ref, f.title, f.status, f.stage, f.priority, f.assignee_id,
      f.status = 'pending' and f.stage is null and f.open_dependencies = 0,
      false, f.open_dependencies, null::timestamptz, false
    from jsonb_to_recordset(v_found) f (
      path uuid[], id uuid, project_key text, list text, ref text, title text, status text, stage text, priority integer,
      assignee_id uuid, open_dependencies integer
    );
    select array_agg((i ->> 'id')::uuid), jsonb_object_agg(i ->> 'id', i -> 'path')
    into v_level, v_paths
    from jsonb_array_elements(v_found) i;
    v_seen := v_seen || v_level;
  end loop;
end
$$;
comment on function app.task_blockers(uuid) is
  'The task at depth 0, and every open prerequisite that can be reached from it, nearest first; at most about 1,000. No row when there is no such task.';
