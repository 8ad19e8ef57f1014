-- 009: dependencies without cycles, comments, options of a project, and tasks that agents claim.
set lock_timeout = '5s';

-- Owns the triggers below. A credential may write tasks without being allowed to read them, and counters, cascades and
-- the search for cycles must be right for it, too: under the caller's own policies they would see nothing.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_work') then
      create role tm_work nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tm_work to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_work to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'tm_owner is no member of tm_work: %', sqlerrm;
  end;
end
$$;
grant usage on schema public to tm_work;
set role tm_owner;
grant usage on schema app to tm_work;

-- ---------------------------------------------------------------------------------------------------------------
-- Words that the triggers share
-- ---------------------------------------------------------------------------------------------------------------
create function app.project_option(p_settings jsonb, p_name text) returns boolean language sql immutable parallel safe
  return coalesce(p_settings -> p_name = 'true'::jsonb, false);
comment on function app.project_option(jsonb, text) is 'Whether a project has switched an option on; off is the default of all of them.';

create function app.is_open(p_status text, p_deleted_at timestamptz, p_cancelled_satisfies boolean)
returns boolean language sql immutable parallel safe
  return p_deleted_at is null
    and p_status <> 'completed'
    and not (p_status = 'cancelled' and coalesce(p_cancelled_satisfies, false));
comment on function app.is_open(text, timestamptz, boolean) is
  'Whether a prerequisite still has to be waited for. The option is that of the dependant''s project.';

create function app.task_graph_key(p_team_id uuid) returns bigint language sql immutable parallel safe
  return hashtextextended('task graph ' || p_team_id::text, 0);
comment on function app.task_graph_key(uuid) is
  'The advisory lock under which a team''s dependencies grow: of two requests that close a cycle together, the second sees the first.';

create function app.task_options_key(p_team_id uuid) returns bigint language sql immutable parallel safe
  return hashtextextended('task options ' || p_team_id::text, 0);
comment on function app.task_options_key(uuid) is
  'The advisory lock between what cancelled tasks count for (shared: whoever counts one; exclusive: whoever changes the option).';

grant execute on function
  app.project_option(jsonb, text), app.is_open(text, timestamptz, boolean), app.task_graph_key(uuid), app.task_options_key(uuid)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_work;
grant execute on function
  app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.admin_may(text), app.system_reason()
  to tm_work;

-- ---------------------------------------------------------------------------------------------------------------
-- Dependencies and parents form no cycle
-- ---------------------------------------------------------------------------------------------------------------
create function app.refuse_dependency_cycle() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Set by an import, which has read the whole graph under the same lock and checked all of it in one walk.
  if current_setting('app.dependencies_checked', true) = 'on' then
    return null;
  end if;
  perform pg_advisory_xact_lock(app.task_graph_key(g.team_id))
  from (select distinct a.team_id from added a order by a.team_id) g;
  -- A statement of its own: its snapshot is younger than the lock, so it sees what the previous holder has committed.
  -- Deleted tasks count, because they can be restored.
  if exists (
    with recursive reach (team_id, child_task_id, task_id) as (
      select a.team_id, a.child_task_id, a.parent_task_id
      from added a
      union
      select r.team_id, r.child_task_id, d.parent_task_id
      from reach r
      join public.task_dependencies d on d.team_id = r.team_id and d.child_task_id = r.task_id
    )
    select from reach r where r.task_id = r.child_task_id
  ) then
    raise exception 'the dependency would close a cycle'
      using errcode = '23514', constraint = 'task_dependencies_acyclic', table = 'task_dependencies', schema = 'public';
  end if;
  return null;
end
$$;
comment on function app.refuse_dependency_cycle() is 'A task never waits for itself, directly or through others.';

create function app.refuse_parent_cycle() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(app.task_graph_key(new.team_id));
  if exists (
    with recursive above (id) as (
      select new.parent_task_id
      union
      select t.parent_task_id
      from above a
      join public.tasks t on t.team_id = new.team_id and t.id = a.id
      where t.parent_task_id is not null
    )
    select from above a where a.id = new.id
  ) then
    raise exception 'a task cannot be below itself'
      using errcode = '23514', constraint = 'tasks_parent_acyclic', table = 'tasks', schema = 'public';
  end if;
  return null;
end
$$;
comment on function app.refuse_parent_cycle() is 'A task is never below itself.';

-- ---------------------------------------------------------------------------------------------------------------
-- The counters of 005, with the option of the project
-- ---------------------------------------------------------------------------------------------------------------
create or replace function app.count_added_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Set by an import around the dependencies of the tasks that it has inserted with their counts: counting them here
  -- would write each of them a second time, in every index.
  if current_setting('app.dependencies_counted', true) = 'on' then
    return null;
  end if;
  perform pg_advisory_xact_lock_shared(app.task_options_key(g.team_id))
  from (select distinct a.team_id from added a order by a.team_id) g;
  -- A prerequisite that is being completed at this moment must be waited for: else it would be counted as open for ever.
  perform
  from public.tasks p
  where (p.team_id, p.id) in (select a.team_id, a.parent_task_id from added a)
  order by p.id
  for share;
  -- One look-up for each row instead of joins: see app.count_open_dependencies.
  with counted as materialized (
    select
      a.team_id,
      a.child_task_id,
      count(*) as total,
      count(*) filter (where app.is_open(p.status, p.deleted_at, n.cancelled_satisfies)) as open
    from added a
    cross join lateral (
      select p.status, p.deleted_at
      from public.tasks p
      where p.team_id = a.team_id
        and p.id = a.parent_task_id
      limit 1
    ) p
    cross join lateral (
      select app.project_option(j.settings, 'cancelledSatisfies') as cancelled_satisfies
      from public.tasks n
      left join public.projects j on j.team_id = n.team_id and j.project_key = n.project_key
      where n.team_id = a.team_id
        and n.id = a.child_task_id
      limit 1
    ) n
    group by a.team_id, a.child_task_id
  )
  update public.tasks t
  set dependency_count = t.dependency_count + c.total,
      open_dependencies = t.open_dependencies + c.open
  from counted c
  where t.team_id = c.team_id
    and t.id = c.child_task_id;
  return null;
end
$$;

create or replace function app.count_removed_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock_shared(app.task_options_key(g.team_id))
  from (select distinct r.team_id from removed r order by r.team_id) g;
  perform
  from public.tasks p
  where (p.team_id, p.id) in (select r.team_id, r.parent_task_id from removed r)
  order by p.id
  for share;
  with counted as materialized (
    select
      r.team_id,
      r.child_task_id,
      count(*) as total,
      count(*) filter (where app.is_open(p.status, p.deleted_at, n.cancelled_satisfies)) as open
    from removed r
    left join lateral (
      select p.status, p.deleted_at
      from public.tasks p
      where p.team_id = r.team_id
        and p.id = r.parent_task_id
      limit 1
    ) p on true
    cross join lateral (
      select app.project_option(j.settings, 'cancelledSatisfies') as cancelled_satisfies
      from public.tasks n
      left join public.projects j on j.team_id = n.team_id and j.project_key = n.project_key
      where n.team_id = r.team_id
        and n.id = r.child_task_id
      limit 1
    ) n
    group by r.team_id, r.child_task_id
  )
  update public.tasks t
  set dependency_count = t.dependency_count - c.total,
      open_dependencies = t.open_dependencies - c.open
  from counted c
  where t.team_id = c.team_id
    and t.id = c.child_task_id;
  return null;
end
$$;

create or replace function app.count_open_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_change constant integer := app.is_open(new.status, new.deleted_at, false)::integer
    - app.is_open(old.status, old.deleted_at, false)::integer;
  v_change_satisfied constant integer := app.is_open(new.status, new.deleted_at, true)::integer
    - app.is_open(old.status, old.deleted_at, true)::integer;
  v_dependants uuid[];
  v_satisfied text[];
begin
  if 'cancelled' in (old.status, new.status) then
    perform pg_advisory_xact_lock_shared(app.task_options_key(new.team_id));
  end if;
  -- No join of tasks with tasks: before the first ANALYZE the planner takes a team for one row, and may begin with every
  -- pair of its tasks (measured: 30 s for one completion among 1,000).
  v_dependants := array(
    select d.child_task_id
    from public.task_dependencies d
    where d.team_id = new.team_id
      and d.parent_task_id = new.id
  );
  if v_dependants = '{}' then
    return null;
  end if;
  select coalesce(array_agg(j.project_key), '{}')
  into v_satisfied
  from public.projects j
  where v_change <> v_change_satisfied
    and j.team_id = new.team_id
    and app.project_option(j.settings, 'cancelledSatisfies');
  update public.tasks t
  set open_dependencies = t.open_dependencies + case when t.project_key = any(v_satisfied) then v_change_satisfied else v_change end
  where t.team_id = new.team_id
    and t.id = any(v_dependants)
    and case when t.project_key = any(v_satisfied) then v_change_satisfied else v_change end <> 0;
  return null;
end
$$;

create function app.recount_open_dependencies() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sign constant integer := case when app.project_option(new.settings, 'cancelledSatisfies') then -1 else 1 end;
begin
  if app.project_option(new.settings, 'cancelledSatisfies') = app.project_option(old.settings, 'cancelledSatisfies') then
    return null;
  end if;
  perform pg_advisory_xact_lock(app.task_options_key(new.team_id));
  -- A difference and no new count: tasks may be completed meanwhile, and their triggers write differences as well.
  with counted as materialized (
    select d.child_task_id, count(*)::integer as total
    from public.tasks p
    cross join lateral (
      select d.child_task_id
      from public.task_dependencies d
      where d.team_id = p.team_id
        and d.parent_task_id = p.id
      offset 0
    ) d
    where p.team_id = new.team_id
      and p.status = 'cancelled'
      and p.deleted_at is null
    group by d.child_task_id
  )
  update public.tasks t
  set open_dependencies = t.open_dependencies + v_sign * c.total
  from counted c
  where t.team_id = new.team_id
    and t.id = c.child_task_id
    and t.project_key = new.project_key;
  return null;
end
$$;
comment on function app.recount_open_dependencies() is 'Opens or closes cancelled prerequisites when a project changes its mind about them.';

-- ---------------------------------------------------------------------------------------------------------------
-- Cascades of the status, as far as the project asks for them
-- ---------------------------------------------------------------------------------------------------------------
create function app.cascade_status() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings jsonb;
  v_constraint text;
begin
  -- Set by an import: a file says what each of its tasks is.
  if current_setting('app.cascades', true) = 'off' then
    return null;
  end if;
  select j.settings into v_settings
  from public.projects j
  where j.team_id = new.team_id
    and j.project_key = new.project_key;
  if coalesce(v_settings, '{}') = '{}' then
    return null;
  end if;

  if (new.status = 'completed' and app.project_option(v_settings, 'completeSubtasksWithParent'))
    or (new.status = 'cancelled' and app.project_option(v_settings, 'cancelSubtasksWithParent'))
  then
    update public.tasks t
    set status = new.status,
        stage = null
    where t.team_id = new.team_id
      and t.parent_task_id = new.id
      and t.status not in ('completed', 'cancelled')
      and t.deleted_at is null;
  end if;

  if new.parent_task_id is null then
    return null;
  end if;
  if new.status = 'completed' and app.project_option(v_settings, 'completeParentWithSubtasks') then
    -- The lock first: of the last two subtasks, completed at once, the second one then sees the first.
    perform
    from public.tasks p
    where p.team_id = new.team_id
      and p.id = new.parent_task_id
    for no key update;
    begin
      update public.tasks p
      set status = 'completed',
          stage = null
      where p.team_id = new.team_id
        and p.id = new.parent_task_id
        and p.status not in ('completed', 'cancelled')
        and p.deleted_at is null
        and not exists (
          select
          from public.tasks s
          where s.team_id = new.team_id
            and s.parent_task_id = new.parent_task_id
            and s.status not in ('completed', 'cancelled')
            and s.deleted_at is null
        );
    exception
      when check_violation then
        -- A gate of the project may refuse the parent. The subtask is done all the same, and the parent stays open.
        get stacked diagnostics v_constraint = constraint_name;
        if v_constraint <> 'tasks_validation_gate' then
          raise;
        end if;
    end;
  end if;
  if new.status in ('in_progress', 'completed') and app.project_option(v_settings, 'startParentWithSubtask') then
    update public.tasks p
    set status = 'in_progress',
        stage = null
    where p.team_id = new.team_id
      and p.id = new.parent_task_id
      and p.status = 'pending'
      and p.deleted_at is null;
  end if;
  return null;
end
$$;
comment on function app.cascade_status() is 'What the status of a task does to its parent and its subtasks, where the project says so.';

-- ---------------------------------------------------------------------------------------------------------------
-- Comments
-- ---------------------------------------------------------------------------------------------------------------
create table public.task_comments (
  id uuid constraint task_comments_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
  user_id uuid constraint task_comments_user_id_fkey references public.users (id) on delete set null,
  content text not null
    constraint task_comments_content_check check (length(content) between 1 and 10000 and content ~ '\S'),
  edited boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_comments_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_comments is 'What people and agents say about a task. Changed by whoever wrote it, and by admins.';
create index task_comments_task_idx on public.task_comments (team_id, task_id, created_at, id);
create index task_comments_user_id_idx on public.task_comments (user_id) where user_id is not null;

create function app.touch_comment() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  new.edited := old.edited or new.content <> old.content;
  return new;
end
$$;
comment on function app.touch_comment() is 'Version, updated_at and the mark of a comment that was changed.';
create trigger task_comments_touch before update on public.task_comments
  for each row execute function app.touch_comment();

select app.protect_team_table('public.task_comments', 'tasks:read', 'tasks:write');
alter policy task_comments_insert_policy on public.task_comments
  with check (
    team_id = any((select app.current_team_ids())::uuid[])
    and (select app.has_permission('tasks:write'))
    and user_id = (select app.current_user_id()));
alter policy task_comments_update_policy on public.task_comments
  using (
    team_id = any((select app.current_team_ids())::uuid[])
    and (select app.has_permission('tasks:write'))
    and user_id = (select app.current_user_id()))
  with check (
    team_id = any((select app.current_team_ids())::uuid[])
    and (select app.has_permission('tasks:write'))
    and user_id = (select app.current_user_id()));
alter policy task_comments_delete_policy on public.task_comments
  using (
    team_id = any((select app.current_team_ids())::uuid[])
    and (select app.has_permission('tasks:write'))
    and user_id = (select app.current_user_id()));

-- ---------------------------------------------------------------------------------------------------------------
-- Contexts and steps of a workflow have versions, and the steps keep their own times
-- ---------------------------------------------------------------------------------------------------------------
alter table public.task_contexts add column version integer not null default 1;
alter table public.workflow_states add column version integer not null default 1;
drop trigger task_contexts_touch on public.task_contexts;
create trigger task_contexts_touch before update on public.task_contexts
  for each row execute function app.touch_versioned_row();

create function app.touch_workflow_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    new.version := old.version + 1;
    new.updated_at := now();
    if new.state = old.state then
      return new;
    end if;
  end if;
  if new.state = 'pending' then
    new.started_at := null;
  elsif new.state <> 'cancelled' then
    new.started_at := coalesce(new.started_at, now());
  end if;
  new.completed_at := case when new.state in ('completed', 'failed', 'cancelled') then coalesce(new.completed_at, now()) end;
  return new;
end
$$;
comment on function app.touch_workflow_state() is 'updated_at, and when a step began and ended.';
drop trigger workflow_states_touch on public.workflow_states;
create trigger workflow_states_touch before insert or update on public.workflow_states
  for each row execute function app.touch_workflow_state();

-- ---------------------------------------------------------------------------------------------------------------
-- Leases: who works on what, until when
-- ---------------------------------------------------------------------------------------------------------------
create table public.task_leases (
  team_id uuid not null,
  task_id uuid not null,
  holder_id uuid constraint task_leases_holder_id_fkey references public.users (id) on delete set null,
  credential_id uuid,
  fence bigint not null default 1 constraint task_leases_fence_check check (fence >= 1),
  lease_seconds integer not null default 300
    constraint task_leases_lease_seconds_check check (lease_seconds between 1 and 86400),
  gave_assignee boolean not null default false,
  claimed_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  constraint task_leases_pkey primary key (team_id, task_id),
  constraint task_leases_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_leases is
  'The last claim of a task. The row stays when the lease has ended, so that the fence of the next claim is higher. Whoever locks a lease has locked its task before.';
comment on column public.task_leases.fence is 'Rises with every claim of the task. A write that names an older one is refused.';
comment on column public.task_leases.gave_assignee is 'The claim has assigned the task, so its end takes the assignee away again.';
create index task_leases_holder_id_idx on public.task_leases (holder_id) where holder_id is not null;
-- By time first: the look for expired leases, twice a second and with every claim, reads what has expired and nothing else.
create index task_leases_expiry_idx on public.task_leases (expires_at, team_id) where ended_at is null;
select app.protect_team_table('public.task_leases', 'tasks:read', 'tasks:write');
select
  -- Again, for their new column.
  app.audit_table('public.task_contexts'),
  app.audit_table('public.workflow_states'),
  app.audit_table('public.task_comments'),
  app.audit_table('public.task_leases', '{}', '{heartbeat_at,expires_at,lease_seconds}');

create function app.end_lease() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.task_leases
  set ended_at = clock_timestamp()
  where team_id = new.team_id
    and task_id = new.id
    and ended_at is null;
  return null;
end
$$;
comment on function app.end_lease() is 'A lease ends with the work: whoever completes, cancels, resets or deletes the task, and whichever way.';

create function app.give_back(p_team_id uuid, p_task_id uuid, p_gave_assignee boolean) returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
begin atomic
  update public.tasks t
  set status = 'pending',
      stage = null,
      assignee_id = case when p_gave_assignee then null else t.assignee_id end,
      assigned_to = case when p_gave_assignee then null else t.assigned_to end
  where t.team_id = p_team_id
    and t.id = p_task_id
    and t.status = 'in_progress'
    and t.deleted_at is null;
end;
comment on function app.give_back(uuid, uuid, boolean) is 'What the end of a lease does to a task that is not finished.';

create function app.return_expired_tasks() returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_all constant boolean := app.system_reason() is not null or app.admin_may('tasks:write');
  v_teams constant uuid[] := app.current_team_ids();
  v_now constant timestamptz := clock_timestamp();
  v_expired record;
  v_gave_assignee boolean;
begin
  if not v_all and not app.has_permission('tasks:write') then
    raise exception 'permission tasks:write is needed' using errcode = '42501';
  end if;
  for v_expired in
    select l.team_id, l.task_id
    from public.task_leases l
    where l.ended_at is null
      and l.expires_at <= v_now
      and (v_all or l.team_id = any(v_teams))
    order by l.expires_at
    limit c_most
  loop
    -- A task that somebody is writing is left to the next look.
    perform
    from public.tasks t
    where t.team_id = v_expired.team_id
      and t.id = v_expired.task_id
    for no key update skip locked;
    continue when not found;
    update public.task_leases l
    set ended_at = clock_timestamp()
    where l.team_id = v_expired.team_id
      and l.task_id = v_expired.task_id
      and l.ended_at is null
      and l.expires_at <= v_now
    returning l.gave_assignee into v_gave_assignee;
    continue when not found;
    perform app.give_back(v_expired.team_id, v_expired.task_id, v_gave_assignee);
  end loop;
end
$$;
comment on function app.return_expired_tasks() is
  'Puts the tasks whose leases have expired back to pending. Every claim calls it first, and a job twice a second.';

create function app.hold_lease(p_task_id uuid, p_fence bigint) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team_id uuid;
  v_expires_at timestamptz;
begin
  select t.team_id into v_team_id
  from public.tasks t
  where t.id = p_task_id
    and t.deleted_at is null
  for no key update;
  if not found then
    return false;
  end if;
  select l.expires_at into v_expires_at
  from public.task_leases l
  where l.team_id = v_team_id
    and l.task_id = p_task_id
    and l.fence = p_fence
    and l.holder_id = app.current_user_id()
    and l.ended_at is null
  for no key update;
  -- The clock is read after the locks: waiting for them takes time, too.
  if v_expires_at is null or v_expires_at <= clock_timestamp() then
    raise exception 'the lease % of the task has ended', p_fence
      using errcode = '23514', constraint = 'task_leases_live', table = 'task_leases', schema = 'public';
  end if;
  return true;
end
$$;
comment on function app.hold_lease(uuid, bigint) is
  'Makes sure that the caller holds this lease, until the transaction ends: task and lease stay locked, so nobody can claim meanwhile. False when there is no such task.';

create function app.extend_lease(p_task_id uuid, p_fence bigint, p_seconds integer) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app.hold_lease(p_task_id, p_fence) then
    return false;
  end if;
  update public.task_leases l
  set lease_seconds = coalesce(p_seconds, l.lease_seconds),
      heartbeat_at = clock_timestamp(),
      expires_at = clock_timestamp() + make_interval(secs => coalesce(p_seconds, l.lease_seconds))
  from public.tasks t
  where t.id = p_task_id
    and l.team_id = t.team_id
    and l.task_id = t.id;
  return true;
end
$$;
comment on function app.extend_lease(uuid, bigint, integer) is 'A heartbeat. False when there is no such task.';

create function app.release_lease(p_task_id uuid, p_fence bigint) returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team_id uuid;
  v_gave_assignee boolean;
begin
  if not app.hold_lease(p_task_id, p_fence) then
    return false;
  end if;
  update public.task_leases l
  set ended_at = clock_timestamp()
  from public.tasks t
  where t.id = p_task_id
    and l.team_id = t.team_id
    and l.task_id = t.id
  returning l.team_id, l.gave_assignee into v_team_id, v_gave_assignee;
  perform app.give_back(v_team_id, p_task_id, v_gave_assignee);
  return true;
end
$$;
comment on function app.release_lease(uuid, bigint) is 'Gives a task back before its time. False when there is no such task.';

-- ---------------------------------------------------------------------------------------------------------------
-- What is next, and claiming it
-- ---------------------------------------------------------------------------------------------------------------
create function app.fits_claim(p_type text, p_tags jsonb, p_priority integer, p_assignee_id uuid, p_filter jsonb)
returns boolean language sql immutable parallel safe
  return (p_filter -> 'type' is null or p_type = p_filter ->> 'type')
    and (p_filter -> 'tags' is null or p_tags @> (p_filter -> 'tags'))
    and (p_filter -> 'priorityMin' is null or p_priority >= (p_filter ->> 'priorityMin')::integer)
    and (p_filter -> 'priorityMax' is null or p_priority <= (p_filter ->> 'priorityMax')::integer)
    and (p_filter -> 'assigneeId' is null or p_assignee_id is not distinct from (p_filter ->> 'assigneeId')::uuid);
comment on function app.fits_claim(text, jsonb, integer, uuid, jsonb) is
  'Whether a task is of the kind that is asked for: type, tags, priorityMin, priorityMax, assigneeId (null: nobody).';

-- With the status in front of the order, so that a claim walks past nothing that is in progress.
drop index public.tasks_next_idx;
create index tasks_next_idx on public.tasks
  (team_id, project_key, list, status, priority desc, dependency_count, ref_path, id)
  where deleted_at is null
    and parent_task_id is null
    and stage is null
    and open_dependencies = 0
    and status in ('pending', 'in_progress');
-- Tasks without a project: `is null` is no equality to the planner, so the index above would not give their order.
create index tasks_next_loose_idx on public.tasks (team_id, status, priority desc, dependency_count, id)
  where deleted_at is null
    and project_key is null
    and parent_task_id is null
    and stage is null
    and open_dependencies = 0
    and status in ('pending', 'in_progress');

-- The order of tasks.json: first what helps to finish what is begun (subtasks of tasks in progress), then tasks; by
-- priority, fewer dependencies, number. Invoker's rights: the policies decide.
drop function app.next_task_ids(uuid, text, text, integer);
create function app.next_task_ids(
  p_team_id uuid,
  p_project_key text,
  p_list text,
  p_limit integer,
  p_to_claim boolean default false,
  p_filter jsonb default null
)
returns table (id uuid, ordinal bigint)
language sql
stable
parallel safe
set search_path = pg_catalog, pg_temp
-- Planning takes ten times as long as running (4.6 ms of 5.0), and a plan for any parameters is as good.
set plan_cache_mode = force_generic_plan
begin atomic
  with place as (
    select l.team_id, l.project_key, l.list
    from public.task_lists l
    where (p_team_id is null or l.team_id = p_team_id)
      and (p_project_key is null or l.project_key = p_project_key)
      and (p_list is null or l.list = p_list)
  ),
  wanted as (
    select w.status
    from unnest(case when p_to_claim then array['pending'] else array['pending', 'in_progress'] end) w (status)
  ),
  begun as (
    select p.team_id, p.id, p.ref_path
    from place l
    join public.tasks p
      on p.team_id = l.team_id
      and p.project_key = l.project_key
      and p.list = l.list
    where p.status = 'in_progress'
      and p.next_child > 1
      and p.stage is null
      and p.deleted_at is null
    union all
    select p.team_id, p.id, p.ref_path
    from unnest(app.current_team_ids()) g (team_id)
    join public.tasks p on p.team_id = g.team_id
    where p_project_key is null
      and p_list is null
      and (p_team_id is null or g.team_id = p_team_id)
      and p.project_key is null
      and p.status = 'in_progress'
      and p.next_child > 1
      and p.stage is null
      and p.deleted_at is null
  ),
  found as (
    select 0 as step, s.id, s.priority, s.dependency_count, b.ref_path as parent_path, s.ref_path
    from begun b
    join public.tasks s on s.team_id = b.team_id and s.parent_task_id = b.id
    where s.deleted_at is null
      and s.stage is null
      and s.open_dependencies = 0
      and s.status in (select w.status from wanted w)
      and app.fits_claim(s.type, s.tags, s.priority, s.assignee_id, p_filter)
      and (s.status = 'pending' or not exists (
        select
        from public.task_leases l
        where l.team_id = s.team_id and l.task_id = s.id and l.ended_at is null and l.expires_at > now()
      ))
    union all
    select 1, t.id, t.priority, t.dependency_count, null, t.ref_path
    from place l
    cross join wanted w
    cross join lateral (
      select t.id, t.priority, t.dependency_count, t.ref_path
      from public.tasks t
      where t.team_id = l.team_id
        and t.project_key = l.project_key
        and t.list = l.list
        and t.status = w.status
        and t.deleted_at is null
        and t.parent_task_id is null
        and t.stage is null
        and t.open_dependencies = 0
        and t.status in ('pending', 'in_progress')
        and app.fits_claim(t.type, t.tags, t.priority, t.assignee_id, p_filter)
        and (w.status = 'pending' or not exists (
          select
          from public.task_leases l
          where l.team_id = t.team_id and l.task_id = t.id and l.ended_at is null and l.expires_at > now()
        ))
      order by t.priority desc, t.dependency_count, t.ref_path, t.id
      limit p_limit
    ) t
    union all
    select 1, t.id, t.priority, t.dependency_count, null, null
    from unnest(app.current_team_ids()) g (team_id)
    cross join wanted w
    cross join lateral (
      select t.id, t.priority, t.dependency_count
      from public.tasks t
      where t.team_id = g.team_id
        and t.status = w.status
        and t.project_key is null
        and t.deleted_at is null
        and t.parent_task_id is null
        and t.stage is null
        and t.open_dependencies = 0
        and t.status in ('pending', 'in_progress')
        and app.fits_claim(t.type, t.tags, t.priority, t.assignee_id, p_filter)
        and (w.status = 'pending' or not exists (
          select
          from public.task_leases l
          where l.team_id = t.team_id and l.task_id = t.id and l.ended_at is null and l.expires_at > now()
        ))
      order by t.priority desc, t.dependency_count, t.id
      limit p_limit
    ) t
    where p_project_key is null
      and p_list is null
      and (p_team_id is null or g.team_id = p_team_id)
  )
  select
    f.id,
    row_number() over (order by f.step, f.priority desc, f.dependency_count, f.parent_path, f.ref_path, f.id)
  from found f
  order by 2
  limit p_limit;
end;
comment on function app.next_task_ids(uuid, text, text, integer, boolean, jsonb) is
  'What to do next, best first: ready, and in nobody''s lease. To claim: only what nobody has begun. The one place that decides it.';

create function app.claim_task(p_team_id uuid, p_project_key text, p_list text, p_filter jsonb, p_seconds integer)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As many as may be claiming at this moment, so that one look is enough.
  v_limit integer := 32;
  v_ids uuid[];
  v_wait boolean := false;
  v_expired uuid[];
  v_task record;
  v_name text;
begin
  select array_agg(l.task_id) into v_expired
  from public.task_leases l
  where l.ended_at is null
    and l.expires_at <= clock_timestamp()
    and l.team_id = any((select app.current_team_ids())::uuid[]);
  perform app.return_expired_tasks();
  loop
    select array_agg(n.id order by n.ordinal) into v_ids
    from app.next_task_ids(p_team_id, p_project_key, p_list, v_limit, true, p_filter) n;
    if v_ids is null then
      if v_expired is null then
        return null;
      end if;
      -- Others may be returning these at this moment: look again once they have.
      perform
      from public.tasks t
      where t.id = any(v_expired)
      order by t.id
      for no key update;
      perform app.return_expired_tasks();
      v_expired := null;
      continue;
    end if;
    if v_wait then
      select t.* into v_task
      from public.tasks t
      where t.id = v_ids[1]
        and t.status = 'pending'
        and t.stage is null
        and t.open_dependencies = 0
        and t.deleted_at is null
      for no key update;
    else
      select t.* into v_task
      from public.tasks t
      where t.id = any(v_ids)
        and t.status = 'pending'
        and t.stage is null
        and t.open_dependencies = 0
        and t.deleted_at is null
      order by array_position(v_ids, t.id)
      limit 1
      for no key update skip locked;
    end if;
    exit when found;
    -- Others hold all of these: look further. When there is nothing further, wait for the best one, which its holder may
    -- only be renaming: "nothing is ready" is never said while something is.
    v_wait := cardinality(v_ids) < v_limit;
    v_limit := case when v_wait then v_limit else v_limit * 4 end;
  end loop;

  if v_task.assignee_id is null and v_task.assigned_to is null then
    select u.username into v_name
    from public.team_members m
    join public.users u on u.id = m.user_id
    where m.team_id = v_task.team_id
      and m.user_id = app.current_user_id();
  end if;
  insert into public.task_leases as l (
    team_id, task_id, holder_id, credential_id, lease_seconds, gave_assignee, claimed_at, heartbeat_at, expires_at)
  select
    v_task.team_id, v_task.id, app.current_user_id(),
    nullif(current_setting('app.credential_id', true), '')::uuid,
    p_seconds, v_name is not null, c.now, c.now, c.now + make_interval(secs => p_seconds)
  from (select clock_timestamp() as now) c
  on conflict (team_id, task_id) do update
  set fence = l.fence + 1,
      holder_id = excluded.holder_id,
      credential_id = excluded.credential_id,
      lease_seconds = excluded.lease_seconds,
      gave_assignee = excluded.gave_assignee,
      claimed_at = excluded.claimed_at,
      heartbeat_at = excluded.heartbeat_at,
      expires_at = excluded.expires_at,
      ended_at = null;
  update public.tasks t
  set status = 'in_progress',
      assignee_id = case when v_name is null then t.assignee_id else app.current_user_id() end,
      assigned_to = coalesce(v_name, t.assigned_to)
  where t.team_id = v_task.team_id
    and t.id = v_task.id;
  return v_task.id;
end
$$;
comment on function app.claim_task(uuid, text, text, jsonb, integer) is
  'Hands the best ready task to exactly one caller and answers its id; null when nothing is ready.';

-- ---------------------------------------------------------------------------------------------------------------
-- Why a task is not ready
-- ---------------------------------------------------------------------------------------------------------------
create function app.task_blockers(p_task_id uuid) returns jsonb
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

-- ---------------------------------------------------------------------------------------------------------------
-- Rights and triggers
-- ---------------------------------------------------------------------------------------------------------------
create policy tasks_work_select_policy on public.tasks for select to tm_work using (true);
create policy tasks_work_update_policy on public.tasks for update to tm_work using (true) with check (true);
create policy task_dependencies_work_select_policy on public.task_dependencies for select to tm_work using (true);
create policy projects_work_select_policy on public.projects for select to tm_work using (true);
create policy task_leases_work_select_policy on public.task_leases for select to tm_work using (true);
create policy task_leases_work_update_policy on public.task_leases for update to tm_work using (true) with check (true);
grant select, update on public.tasks to tm_work;
grant select on public.task_dependencies, public.projects to tm_work;
grant select, update on public.task_leases to tm_work;

grant execute on function
  app.fits_claim(text, jsonb, integer, uuid, jsonb),
  app.next_task_ids(uuid, text, text, integer, boolean, jsonb),
  app.task_blockers(uuid)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant execute on function
  app.hold_lease(uuid, bigint), app.extend_lease(uuid, bigint, integer), app.release_lease(uuid, bigint),
  app.claim_task(uuid, text, text, jsonb, integer)
  to tm_app_rw, tm_admin;
grant execute on function app.give_back(uuid, uuid, boolean) to tm_app_rw, tm_admin, tm_work;

-- Before the counting one, by name.
create trigger task_dependencies_acyclic after insert on public.task_dependencies
  referencing new table as added
  for each statement execute function app.refuse_dependency_cycle();
create trigger task_dependencies_acyclic_moved after update on public.task_dependencies
  referencing new table as added
  for each statement execute function app.refuse_dependency_cycle();
create trigger tasks_parent_acyclic after update of parent_task_id on public.tasks
  for each row
  when (new.parent_task_id is not null and new.parent_task_id is distinct from old.parent_task_id)
  execute function app.refuse_parent_cycle();
drop trigger tasks_open_dependencies on public.tasks;
create trigger tasks_open_dependencies after update of status, deleted_at on public.tasks
  for each row
  when (
    (case when old.deleted_at is not null or old.status = 'completed' then 0 when old.status = 'cancelled' then 1 else 2 end)
    <> (case when new.deleted_at is not null or new.status = 'completed' then 0 when new.status = 'cancelled' then 1 else 2 end)
  )
  execute function app.count_open_dependencies();
create trigger projects_cancelled_satisfies after update of settings on public.projects
  for each row when (old.settings is distinct from new.settings)
  execute function app.recount_open_dependencies();
create trigger tasks_status_cascade after update of status on public.tasks
  for each row
  when (
    old.status <> new.status
    and new.status in ('in_progress', 'completed', 'cancelled')
    and new.project_key is not null
    and new.deleted_at is null
  )
  execute function app.cascade_status();
create trigger tasks_lease_ends after update of status, deleted_at on public.tasks
  for each row
  when (old.status = 'in_progress' and (new.status <> 'in_progress' or (new.deleted_at is not null and old.deleted_at is null)))
  execute function app.end_lease();

-- After the triggers: whoever makes one must be allowed to execute its function.
grant create on schema app to tm_work;
alter function app.refuse_dependency_cycle() owner to tm_work;
alter function app.refuse_parent_cycle() owner to tm_work;
alter function app.count_added_dependencies() owner to tm_work;
alter function app.count_removed_dependencies() owner to tm_work;
alter function app.count_open_dependencies() owner to tm_work;
alter function app.recount_open_dependencies() owner to tm_work;
alter function app.cascade_status() owner to tm_work;
alter function app.end_lease() owner to tm_work;
alter function app.return_expired_tasks() owner to tm_work;
revoke create on schema app from tm_work;
set role tm_work;
revoke execute on function
  app.refuse_dependency_cycle(), app.refuse_parent_cycle(), app.count_added_dependencies(),
  app.count_removed_dependencies(), app.count_open_dependencies(), app.recount_open_dependencies(), app.cascade_status(),
  app.end_lease(), app.return_expired_tasks()
  from public;
grant execute on function app.return_expired_tasks() to tm_app_rw, tm_admin, tm_background;
set role tm_owner;

insert into public.migrations ("timestamp", name)
select 1700000000009, 'TaskWork1700000000009'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'TaskWork1700000000009');

reset role;
