create or replace function app.relay_events(p_most integer)
returns table (
  head bigint, more boolean, "position" bigint, event_id uuid, team_id uuid, type text, needs text, project_id uuid,
  project_key text, record_id uuid, task_id uuid, body text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
-- The tables grow by orders of magnitude under a plan that is kept; these make it the right one from the first row on.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_parts constant text[] := '{task_dependencies,task_contexts,workflow_states,task_due_notices}';
  v_state public.event_relay;
  v_target pg_snapshot;
  v_late xid8[];
  v_moment timestamptz;
  v_read bigint;
  v_last bigint;
  v_head bigint;
  v_more boolean;
begin
  if app.system_reason() is null then
    raise exception 'only the relay publishes' using errcode = '42501';
  end if;
  -- One at a time in the whole installation; each statement from here on sees what the one before has committed.
  perform pg_advisory_xact_lock(hashtext('taskmaster relay'), 0);
  select * into v_state from public.event_relay;
  if v_state.system_identifier <> (select c.system_identifier from pg_control_system() c) then
    v_state := app.adopt_events();
  end if;
  select coalesce(v_state.target, pg_current_snapshot()) into v_target;
  -- What ran when the last snapshot was taken and is finished now. Named one by one, so that a transaction that stays
  -- open costs nothing, however much it has written.
  v_late := array(
    select x
    from pg_snapshot_xip(v_state.snapshot) x
    where pg_visible_in_snapshot(x, v_target)
  );
  v_moment := greatest(clock_timestamp(), v_state.published_at);
  v_head := v_state.position;
  v_read := 0;
  -- The large statement is not even begun for nothing: most runs of an installation where little happens find nothing.
  if exists (
      select
      from public.audit_logs a
      where a.xid >= pg_snapshot_xmax(v_state.snapshot)
        and a.xid < pg_snapshot_xmax(v_target)
    )
    or v_late <> '{}' and exists (
      select from public.audit_logs a where a.xid = any(v_late)
    )
  then
  with fresh as materialized (
    select a.*
    from (
      select a.*
      from public.audit_logs a
      where a.xid >= pg_snapshot_xmax(v_state.snapshot)
        and a.xid < pg_snapshot_xmax(v_target)
        and pg_visible_in_snapshot(a.xid, v_target)
      union all
      select a.*
      from public.audit_logs a
      where a.xid = any(v_late)
    ) a
    where a.seq > greatest(v_state.floor_seq, v_state.target_seq)
    order by a.seq
    limit p_most
  ),
  changed as materialized (
    select
      f.*, coalesce(f.new_values, f.old_values) as row, c.fields, '{' || c.changes || '}' as changes,
      case f.table_name
        when 'tasks' then f.record_id
        when 'task_dependencies' then (coalesce(f.new_values, f.old_values) ->> 'child_task_id')::uuid
        else (coalesce(f.new_values, f.old_values) ->> 'task_id')::uuid
      end as task_id
    from fresh f
    left join lateral (
      select
        array_agg(v.key) as fields,
        string_agg(
          format('"%s":{"from":%s,"to":%s}', app.event_fields() ->> v.key, v.value, coalesce(f.new_values -> v.key, 'null')),
          ',' order by v.key) as changes
      from jsonb_each(f.old_values) v
      where f.operation = 'UPDATE'
        and app.event_fields() ? v.key
    ) c on true
  ),
  told as materialized (
    select
      f.seq, e.place, e.type, f.team_id, f.user_id, f.occurred_at, f.task_id,
      case e.place when 1 then f.id else app.derived_event_id(f.id, e.type) end as event_id,
      app.event_needs(f.table_name) as needs,
      coalesce(f.row ->> 'project_key', t.project_key) as project_key,
      case when f.table_name = any(c_parts) then f.task_id else coalesce(f.record_id, (f.row ->> 'user_id')::uuid) end
        as record_id,
      app.event_subject(f.table_name, f.team_id, f.record_id, f.task_id, f.row) as subject,
      app.event_data(f.table_name, coalesce(t.row, f.row)) as data,
      app.event_names(e.type, coalesce(t.row, f.row), f.user_id) as names,
      case
        when f.table_name = 'task_due_notices' then null
        when f.table_name = any(c_parts) then app.event_part_changes(f.table_name, f.old_values, f.new_values)
        else f.changes
      end as changes
    from changed f
    -- Whatever hangs on a task says so with the task as it is by now. By the id alone, which no plan can take for a reason
    -- to read the tasks of a team.
    left join lateral (
      select k.project_key::text, case when f.table_name = any(c_parts) then to_jsonb(k) end as row
      from public.tasks k
      where k.id = case when f.table_name = any(c_parts || '{task_comments}'::text[]) then f.task_id end
    ) t on true
    cross join lateral unnest(
      app.event_types(f.table_name, f.operation, f.user_id, coalesce(f.fields, '{}'), f.old_values, f.new_values)
    ) with ordinality e (type, place)
    -- Who writes into the trail by hand may leave out what an event is made of. That must not stop the stream.
    where f.row is not null
      and coalesce(f.record_id, f.task_id, (f.row ->> 'user_id')::uuid) is not null
      and (t.row is not null or f.table_name <> all(c_parts))
  ),
  written as (
    insert into public.events (
      position, event_id, team_id, type, needs, project_id, project_key, record_id, task_id, occurred_at, published_at, body)
    select
      v_state.position + row_number() over (order by e.seq, e.place), e.event_id, o.team_id, e.type, e.needs,
      (select p.id from public.projects p where p.team_id = e.team_id and p.project_key = e.project_key),
      e.project_key, e.record_id, e.task_id, e.occurred_at, v_moment,
      concat(
        '{"specversion":"1.0","id":"', e.event_id, '","source":"/taskmaster","type":"', e.type, '","subject":"', e.subject,
        '","time":', to_json(e.occurred_at), ',"datacontenttype":"application/json"',
        ',"teamid":"' || o.team_id || '"', ',"projectkey":' || to_json(e.project_key), ',"taskid":"' || e.task_id || '"',
        ',"actorid":"' || e.user_id || '"', ',"data":',
        left(e.data, -1), e.names, ',"changes":' || e.changes, '}}')
    from told e
    -- A user belongs to no team; what happens to one is told in the team that is the user's own.
    cross join lateral (
      select coalesce(e.team_id, (select m.id from public.teams m where m.owner_id = e.record_id and m.is_personal))
    ) o (team_id)
    returning 1
  )
  select (select count(*) from fresh), (select max(f.seq) from fresh f), v_state.position + (select count(*) from written)
  into v_read, v_last, v_head;
  end if;

  v_more := v_read >= p_most;
  -- Nothing new and nothing to remember: the run leaves no trace. A transaction that has begun to write since is worth
  -- remembering, because its rows would be looked at in vain until it ends.
  if v_read > 0
    or v_state.target is not null
    or exists (select from pg_snapshot_xip(v_target) x where x >= pg_snapshot_xmax(v_state.snapshot))
  then
    update public.event_relay
    set position = v_head,
        published_at = case when v_head > v_state.position then v_moment else published_at end,
        snapshot = case when v_more then v_state.snapshot else v_target end,
        target = case when v_more then v_target end,
        target_seq = case when v_more then v_last end;
  end if;
  if v_head > v_state.position then
    perform pg_notify('tm_events', v_head::text);
  end if;
  return query
    select
      v_head, v_more, e.position, e.event_id, e.team_id, e.type, e.needs, e.project_id, e.project_key, e.record_id, e.task_id,
      e.body
    from (select) one
    left join public.events e on e.position > v_state.position and e.position <= v_head
    order by e.position;
end
$$;
comment on function app.relay_events(integer) is
  'Publishes what has been committed since the last run, from so many rows of the trail at most, and answers it: at least one row, which tells the last position and whether there is more to do.';
