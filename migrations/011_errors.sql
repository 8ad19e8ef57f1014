-- 011: errors as groups of occurrences: fingerprints, counts, resolution, regression, merge, retention.
set lock_timeout = '5s';

-- tm_ingest owns the functions of those who may write and not read. INSERT ... ON CONFLICT and RETURNING need the SELECT
-- policy, which a blind writer must not have. The role may exist: it belongs to the cluster.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_ingest') then
      create role tm_ingest nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tm_ingest to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_ingest to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'some role memberships were not granted: %', sqlerrm;
  end;
end
$$;

grant usage on schema public to tm_ingest;
set role tm_owner;
grant usage, create on schema app to tm_ingest;
grant execute on function
  app.new_id(), app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.system_reason()
  to tm_ingest;

-- ---------------------------------------------------------------------------------------------------------------
-- The group
-- ---------------------------------------------------------------------------------------------------------------
alter table public.error_logs
  add column project_key varchar(64),
  add column title varchar(500),
  add column fingerprint varchar(64),
  add column fingerprint_version smallint not null default 0,
  add column fingerprint_source varchar(10) not null default 'none'
    constraint error_logs_fingerprint_source_check check (fingerprint_source in ('none', 'explicit', 'stack', 'message')),
  add column assignee_id uuid,
  add column users_affected integer not null default 0
    constraint error_logs_users_affected_check check (users_affected >= 0),
  add column first_service_version varchar(50),
  add column resolved_in_version varchar(50),
  add column resolved_in_next_release boolean not null default false,
  add column ignored_until timestamptz,
  add column ignored_until_count integer,
  add column ignored_until_users integer,
  add column merged_into uuid,
  add column search tsvector generated always as (
    setweight(to_tsvector('pg_catalog.simple', error_code || ' ' || coalesce(title, '')), 'A')
    || setweight(to_tsvector('pg_catalog.simple', left(error_message, 32768)), 'B')
  ) stored,
  add constraint error_logs_team_id_id_key unique (team_id, id),
  add constraint error_logs_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key),
  add constraint error_logs_assignee_fkey foreign key (team_id, assignee_id)
    references public.team_members (team_id, user_id) on delete set null (assignee_id),
  add constraint error_logs_merged_into_fkey foreign key (team_id, merged_into)
    references public.error_logs (team_id, id) on delete cascade,
  add constraint error_logs_merged_into_check check (merged_into <> id),
  drop constraint error_logs_occurrence_count_check,
  add constraint error_logs_occurrence_count_check check (occurrence_count >= case when merged_into is null then 1 else 0 end);
comment on column public.error_logs.fingerprint is 'What makes two occurrences the same error, within team, project and environment.';
comment on column public.error_logs.fingerprint_version is 'Version of the rules that made it; 0 when no rules did.';
comment on column public.error_logs.service_version is 'The newest release in which it occurred.';
comment on column public.error_logs.resolved_in_version is 'The release it is resolved in; occurrences in older ones are no regression.';
comment on column public.error_logs.resolved_in_next_release is 'Resolved in whatever is newer than resolved_in_version.';
comment on column public.error_logs.ignored_until_count is 'It is ignored until it has occurred so often in all.';
comment on column public.error_logs.ignored_until_users is 'It is ignored until so many users were affected in all.';
comment on column public.error_logs.merged_into is 'The error that its occurrences were moved to, and that later ones go to. Its own count is 0, so that sums stay right.';
comment on column public.error_logs.search is 'What q= searches: code and title A, message B. Private.';

-- A row that is written without a fingerprint is a group of its own. Without the triggers, because nobody changes it;
-- and FORCE binds the owner, who would change nothing.
drop trigger error_logs_touch on public.error_logs;
alter table public.error_logs disable trigger user;
alter table public.error_logs no force row level security;
update public.error_logs
set fingerprint = id::text;
alter table public.error_logs force row level security;
alter table public.error_logs enable trigger user;
alter table public.error_logs alter column fingerprint set not null;

-- PostgreSQL 15 is the oldest served, but a nullable key in ON CONFLICT reads better as the empty key than as a clause.
create unique index error_logs_fingerprint_key
  on public.error_logs (team_id, coalesce(project_key, ''), environment, fingerprint);
create index error_logs_project_idx on public.error_logs (team_id, project_key, last_occurred_at desc)
  where project_key is not null;
create index error_logs_assignee_idx on public.error_logs (team_id, assignee_id) where assignee_id is not null;
create index error_logs_merged_into_idx on public.error_logs (team_id, merged_into) where merged_into is not null;
create index error_logs_ignored_until_idx on public.error_logs (ignored_until) where ignored_until is not null;

-- Counting is nobody's change: no If-Match may fail because an error occurred once more.
create function app.touch_error() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.fingerprint := coalesce(new.fingerprint, new.id::text);
  elsif (new.team_id, new.project_key, new.title, new.task_id, new.validation_result_id, new.workflow_state_id, new.assignee_id,
      new.error_code, new.error_category, new.error_severity, new.error_message, new.environment, new.fingerprint,
      new.resolution_status, new.resolution_notes, new.resolved_at, new.resolved_in_version, new.resolved_in_next_release,
      new.ignored_until, new.ignored_until_count, new.ignored_until_users, new.merged_into, new.metadata)
    is distinct from
     (old.team_id, old.project_key, old.title, old.task_id, old.validation_result_id, old.workflow_state_id, old.assignee_id,
      old.error_code, old.error_category, old.error_severity, old.error_message, old.environment, old.fingerprint,
      old.resolution_status, old.resolution_notes, old.resolved_at, old.resolved_in_version, old.resolved_in_next_release,
      old.ignored_until, old.ignored_until_count, old.ignored_until_users, old.merged_into, old.metadata)
  then
    new.version := old.version + 1;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end
$$;
comment on function app.touch_error() is 'Version and updated_at of an error: changed by people and by its status, not by counting. Without a fingerprint it is a group of its own.';
create trigger error_logs_touch before insert or update on public.error_logs
  for each row execute function app.touch_error();

-- ---------------------------------------------------------------------------------------------------------------
-- What hangs on a group
-- ---------------------------------------------------------------------------------------------------------------
create table public.error_occurrences (
  id uuid constraint error_occurrences_pkey primary key default app.new_id(),
  team_id uuid not null,
  error_id uuid not null,
  number integer not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  error_message text not null,
  error_details jsonb not null default '{}'::jsonb,
  stack_trace text,
  context_data jsonb not null default '{}'::jsonb,
  user_id varchar(255),
  session_id varchar(255),
  ip_address inet,
  user_agent text,
  service_name varchar(100),
  service_version varchar(50),
  metadata jsonb not null default '{}'::jsonb,
  constraint error_occurrences_error_fkey foreign key (team_id, error_id)
    references public.error_logs (team_id, id) on delete cascade
);
comment on table public.error_occurrences is 'A sample of what happened: every occurrence whose number within the error has at most two digits before its zeros (1 to 99, then every 10th, from 1,000 on every 100th, and so on).';
create index error_occurrences_error_idx on public.error_occurrences (team_id, error_id, occurred_at desc, id desc);
create index error_occurrences_occurred_idx on public.error_occurrences (occurred_at);

create table public.error_hourly_counts (
  team_id uuid not null,
  error_id uuid not null,
  hour timestamptz not null,
  occurrence_count integer not null
    constraint error_hourly_counts_occurrence_count_check check (occurrence_count >= 1),
  constraint error_hourly_counts_pkey primary key (team_id, error_id, hour),
  constraint error_hourly_counts_error_fkey foreign key (team_id, error_id)
    references public.error_logs (team_id, id) on delete cascade
);
comment on table public.error_hourly_counts is 'How often an error occurred, exactly. By quarters of an hour, because there are zones whose midnight is on none coarser; hour is where the quarter begins.';
create index error_hourly_counts_hour_idx on public.error_hourly_counts (team_id, hour) include (error_id, occurrence_count);

create table public.error_users (
  team_id uuid not null,
  error_id uuid not null,
  user_hash bytea not null,
  first_seen_at timestamptz not null default now(),
  constraint error_users_pkey primary key (team_id, error_id, user_hash),
  constraint error_users_error_fkey foreign key (team_id, error_id)
    references public.error_logs (team_id, id) on delete cascade
);
comment on table public.error_users is 'Whom an error affected, so that each counts once: a hash of team and user, of no use in another team. No role of the service reads it.';

create table public.error_releases (
  team_id uuid not null constraint error_releases_team_id_fkey references public.teams (id) on delete cascade,
  project_key varchar(64) not null,
  service_name varchar(100) not null,
  service_version varchar(50) not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  constraint error_releases_pkey primary key (team_id, project_key, service_name, service_version)
);
comment on table public.error_releases is 'The order in which releases appeared, for versions whose text has no order. An empty text stands for none.';

create table public.error_resolutions (
  id uuid constraint error_resolutions_pkey primary key default app.new_id(),
  team_id uuid not null,
  error_id uuid not null,
  changed_at timestamptz not null default now(),
  changed_by uuid constraint error_resolutions_changed_by_fkey references public.users (id) on delete set null,
  from_status varchar(50) not null,
  to_status varchar(50) not null,
  cause varchar(20) not null
    constraint error_resolutions_cause_check check (cause in ('user', 'regression', 'ignore_expired', 'merge')),
  notes text,
  service_version varchar(50),
  constraint error_resolutions_error_fkey foreign key (team_id, error_id)
    references public.error_logs (team_id, id) on delete cascade
);
comment on table public.error_resolutions is 'Every change of an error''s status: who, when, from what to what, and why. Append-only for every role that serves.';
create index error_resolutions_error_idx on public.error_resolutions (team_id, error_id, changed_at desc, id desc);
create index error_resolutions_changed_by_idx on public.error_resolutions (changed_by) where changed_by is not null;

do $$
declare
  name text;
begin
  foreach name in array array['error_occurrences', 'error_hourly_counts', 'error_users', 'error_releases', 'error_resolutions']
  loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('create policy %I on public.%I for all to tm_ingest using (true) with check (true)',
      name || '_ingest_policy', name);
    execute format('grant select, insert, update, delete on public.%I to tm_ingest', name);
  end loop;
  -- Written by the functions below alone; the other two are nobody's to read.
  foreach name in array array['error_occurrences', 'error_hourly_counts', 'error_resolutions']
  loop
    execute format('create policy %I on public.%I for select to tm_app_rw, tm_app_ro, tm_analytics using (%s)',
      name || '_select_policy', name,
      'team_id = any((select app.current_team_ids())::uuid[]) and (select app.has_permission(''errors:read''))');
    execute format('create policy %I on public.%I for select to tm_admin using ((select app.admin_may(''errors:read'')))',
      name || '_admin_select_policy', name);
    execute format('grant select on public.%I to tm_app_rw, tm_app_ro, tm_analytics, tm_admin', name);
  end loop;
end
$$;

create policy error_logs_ingest_policy on public.error_logs for all to tm_ingest using (true) with check (true);
grant select, insert, update on public.error_logs to tm_ingest;
-- Where an occurrence belongs: ids alone.
create policy teams_ingest_select_policy on public.teams for select to tm_ingest using (true);
-- The functions of validations need to see these three as well, and have made their policies where they are.
do $$
declare
  name text;
begin
  foreach name in array array['projects', 'tasks', 'validation_results']
  loop
    if not exists (select from pg_policy where polname = name || '_ingest_select_policy') then
      execute format('create policy %I on public.%I for select to tm_ingest using (true)', name || '_ingest_select_policy', name);
    end if;
  end loop;
end
$$;
create policy workflow_states_ingest_select_policy on public.workflow_states for select to tm_ingest using (true);
grant select (id, owner_id, is_personal) on public.teams to tm_ingest;
grant select (team_id, project_key, deleted_at) on public.projects to tm_ingest;
grant select (id, team_id, project_key) on public.tasks to tm_ingest;
grant select (id, team_id) on public.validation_results, public.workflow_states to tm_ingest;

-- Counting leaves no trail; what people change does. What retention forgets must not be kept in the trail of its going. (The trail comes with 008.)
do $$
begin
  if to_regprocedure('app.audit_table(regclass, text[], text[])') is not null then
    perform app.audit_table('public.error_logs', '{}',
      '{occurrence_count,users_affected,first_occurred_at,last_occurred_at,service_version,user_id,session_id,ip_address,user_agent,context_data}');
  end if;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Releases
-- ---------------------------------------------------------------------------------------------------------------
create function app.release_key(p_version text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select
    lpad(v.part[1], 20, '0')
    || lpad(coalesce(v.part[2], ''), 20, '0')
    || lpad(coalesce(v.part[3], ''), 20, '0')
    || lpad(coalesce(v.part[4], ''), 20, '0')
    || coalesce(
      (
        select string_agg(case when word ~ '^\d{1,20}$' then '0' || lpad(word, 20, '0') else '1' || word end, ' ' order by place)
        from unnest(string_to_array(v.part[5], '.')) with ordinality as w (word, place)
      ),
      '~')
  from (
    select regexp_match(
      p_version,
      '^(?:[^@\s]+@)?v?(\d{1,20})(?:\.(\d{1,20}))?(?:\.(\d{1,20}))?(?:\.(\d{1,20}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$'
    ) as part
  ) v
  where v.part is not null;
end;
comment on function app.release_key(text) is
  'A text that sorts (collate "C") as the version does by the rules of semver.org, or null when it is no such version. One to four numbers, with v or package@ before them.';

create function app.is_older_release(
  p_team uuid, p_project text, p_service text, p_version text, p_than text, p_since timestamptz)
returns boolean
language sql
stable
begin atomic
  select case
    when p_version is null or p_than is null or p_version = p_than then false
    when app.release_key(p_version) is not null and app.release_key(p_than) is not null then
      app.release_key(p_version) collate "C" < app.release_key(p_than) collate "C"
    else coalesce(
      (
        select r.first_seen_at
        from public.error_releases r
        where (r.team_id, r.project_key, r.service_name, r.service_version)
          = (p_team, coalesce(p_project, ''), coalesce(p_service, ''), p_version)
      ) < coalesce(
        (
          select r.first_seen_at
          from public.error_releases r
          where (r.team_id, r.project_key, r.service_name, r.service_version)
            = (p_team, coalesce(p_project, ''), coalesce(p_service, ''), p_than)
        ),
        p_since),
      false)
  end;
end;
comment on function app.is_older_release(uuid, text, text, text, text, timestamptz) is
  'Whether one release came before another: by version where both are one, else by which appeared first. A release that was never seen appears after p_since.';

-- ---------------------------------------------------------------------------------------------------------------
-- Recording
-- ---------------------------------------------------------------------------------------------------------------
-- Without a search_path of its own, so that PostgreSQL plans it as part of the statement; an atomic body needs none.
create function app.place_errors(p_errors jsonb)
returns table (
  item integer, problem text, team_id uuid, project_key text, environment text, fingerprint text, fingerprint_version smallint,
  fingerprint_source text, title text, error_code text, error_category text, error_severity text, error_message text,
  error_details jsonb, stack_trace text, context_data jsonb, task_id uuid, validation_result_id uuid, workflow_state_id uuid,
  occurred_at timestamptz, user_id text, user_hash text, session_id text, ip_address inet, user_agent text,
  service_name text, service_version text, metadata jsonb)
language sql
stable
begin atomic
  with sent as (
    select *
    from jsonb_to_recordset(p_errors) as x (
      item integer, team_id uuid, project_key text, environment text, fingerprint text, fingerprint_version smallint,
      fingerprint_source text, title text, error_code text, error_category text, error_severity text, error_message text,
      error_details jsonb, stack_trace text, context_data jsonb, task_id uuid, validation_result_id uuid,
      workflow_state_id uuid, occurred_at timestamptz, user_id text, user_hash text, session_id text, ip_address inet,
      user_agent text, service_name text, service_version text, metadata jsonb)
  ),
  linked as (
    select
      s.*,
      t.project_key as task_project,
      t.team_id as task_team,
      v.team_id as validation_team,
      w.team_id as workflow_team,
      coalesce(s.team_id, t.team_id, v.team_id, w.team_id) as named_team
    from sent s
    left join public.tasks t
      on t.id = s.task_id
      and (app.is_admin() or t.team_id = any(app.current_team_ids()))
    left join public.validation_results v
      on v.id = s.validation_result_id
      and (app.is_admin() or v.team_id = any(app.current_team_ids()))
    left join public.workflow_states w
      on w.id = s.workflow_state_id
      and (app.is_admin() or w.team_id = any(app.current_team_ids()))
  ),
  placed as (
    select
      l.*,
      p.found as projects,
      coalesce(
        l.named_team,
        p.team_id,
        (select m.id from public.teams m where m.owner_id = app.current_user_id() and m.is_personal)) as own_team,
      coalesce(l.project_key, l.task_project) as own_project
    from linked l
    left join lateral (
      select count(*) as found, min(p.team_id::text)::uuid as team_id
      from public.projects p
      where p.project_key = l.project_key
        and p.deleted_at is null
        and (app.is_admin() or p.team_id = any(app.current_team_ids()))
        and (l.named_team is null or p.team_id = l.named_team)
    ) p on l.project_key is not null
  )
  select
    p.item,
    case
      when p.task_id is not null and p.task_team is distinct from p.own_team then 'task'
      when p.validation_result_id is not null and p.validation_team is distinct from p.own_team then 'validation'
      when p.workflow_state_id is not null and p.workflow_team is distinct from p.own_team then 'workflow'
      when team.id is null then 'team'
      when p.project_key is not null and p.projects = 0 then 'project'
      when p.project_key is not null and p.projects > 1 then 'ambiguous_project'
    end,
    p.own_team,
    case when g.id is null then p.own_project else g.project_key end,
    coalesce(g.environment, p.environment),
    coalesce(g.fingerprint, p.fingerprint),
    p.fingerprint_version, p.fingerprint_source, p.title, p.error_code, p.error_category, p.error_severity, p.error_message,
    p.error_details, p.stack_trace, p.context_data, p.task_id, p.validation_result_id, p.workflow_state_id,
    -- A clock that runs ahead must not date an error into the future.
    least(coalesce(p.occurred_at, now()), now()),
    p.user_id, p.user_hash, p.session_id, p.ip_address, p.user_agent, p.service_name, p.service_version, p.metadata
  from placed p
  left join public.teams team
    on team.id = p.own_team
    and (app.is_admin() or team.id = any(app.current_team_ids()))
  -- A merged error passes on what still arrives with its fingerprint.
  left join public.error_logs m
    on m.team_id = p.own_team
    and coalesce(m.project_key, '') = coalesce(p.own_project, '')
    and m.environment = p.environment
    and m.fingerprint = p.fingerprint
    and m.merged_into is not null
  left join public.error_logs g
    on g.team_id = m.team_id
    and g.id = m.merged_into;
end;
comment on function app.place_errors(jsonb) is
  'Sent occurrences with the team and the group that each belongs to, or what hinders: team, project, ambiguous_project, task, validation or workflow.';

create function app.record_errors(p_errors jsonb)
returns table (out_item integer, out_problem text, out_id uuid, out_count integer, out_is_new boolean, out_is_regression boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v record;
  e record;
  v_team uuid;
  v_users integer;
  v_ends boolean;
begin
  if not app.has_permission('errors:write') then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  -- A merge waits for what is being recorded and the other way round, so the group that an occurrence goes to is settled.
  for v_team in
    select distinct p.team_id from app.place_errors(p_errors) p where p.problem is null order by 1
  loop
    perform pg_advisory_xact_lock_shared(hashtext('taskmaster errors'), hashtext(v_team::text));
  end loop;
  insert into public.error_releases (team_id, project_key, service_name, service_version)
  select distinct p.team_id, coalesce(p.project_key, ''), coalesce(p.service_name, ''), p.service_version
  from app.place_errors(p_errors) p
  where p.problem is null
    and p.service_version is not null
    and not exists (
      select
      from public.error_releases r
      where (r.team_id, r.project_key, r.service_name, r.service_version)
        = (p.team_id, coalesce(p.project_key, ''), coalesce(p.service_name, ''), p.service_version))
  order by 1, 2, 3, 4
  on conflict do nothing;

  -- In one order everywhere: two batches with the same errors wait for each other and never in a circle.
  for v in
    select *
    from app.place_errors(p_errors) p
    order by p.team_id, coalesce(p.project_key, '') collate "C", p.environment collate "C", p.fingerprint collate "C",
      p.occurred_at, p.item
  loop
    out_item := v.item;
    out_problem := v.problem;
    out_id := null;
    out_count := null;
    out_is_new := false;
    out_is_regression := false;
    if v.problem is not null then
      return next;
      continue;
    end if;

    insert into public.error_logs as l (
      team_id, project_key, environment, fingerprint, fingerprint_version, fingerprint_source, title,
      error_code, error_category, error_severity, error_message, error_details, stack_trace, context_data,
      task_id, validation_result_id, workflow_state_id, first_occurred_at, last_occurred_at,
      user_id, session_id, ip_address, user_agent, service_name, service_version, first_service_version, metadata)
    values (
      v.team_id, v.project_key, v.environment, v.fingerprint, v.fingerprint_version, v.fingerprint_source, v.title,
      v.error_code, v.error_category, v.error_severity, v.error_message, v.error_details, v.stack_trace, v.context_data,
      v.task_id, v.validation_result_id, v.workflow_state_id, v.occurred_at, v.occurred_at,
      v.user_id, v.session_id, v.ip_address, v.user_agent, v.service_name, v.service_version, v.service_version, v.metadata)
    on conflict (team_id, coalesce(project_key, ''), environment, fingerprint) do update
    set occurrence_count = least(l.occurrence_count, 2147483646) + 1,
        first_occurred_at = least(l.first_occurred_at, excluded.first_occurred_at),
        last_occurred_at = greatest(l.last_occurred_at, excluded.last_occurred_at),
        service_version = case
          when excluded.service_version is null or app.is_older_release(
            l.team_id, l.project_key, excluded.service_name, excluded.service_version, l.service_version, now())
          then l.service_version
          else excluded.service_version
        end
    returning l.id, l.occurrence_count, l.users_affected, l.resolution_status, l.resolved_at, l.resolved_in_version,
      l.resolved_in_next_release, l.ignored_until, l.ignored_until_count, l.ignored_until_users
    into e;

    v_users := 0;
    if v.user_hash is not null then
      insert into public.error_users (team_id, error_id, user_hash)
      values (v.team_id, e.id, sha256(convert_to(v.team_id::text || ':' || v.user_hash, 'UTF8')))
      on conflict do nothing;
      get diagnostics v_users = row_count;
    end if;

    -- The row is locked by the upsert, so of two occurrences that both would reopen it only the first one does.
    out_is_regression := e.resolution_status = 'resolved'
      and v.occurred_at > e.resolved_at
      and case
        when v.service_version is null then not e.resolved_in_next_release
        when e.resolved_in_next_release and v.service_version = e.resolved_in_version then false
        else not app.is_older_release(
          v.team_id, v.project_key, v.service_name, v.service_version, e.resolved_in_version, e.resolved_at)
      end;
    v_ends := e.resolution_status = 'ignored'
      and coalesce(
        v.occurred_at >= e.ignored_until
        or e.occurrence_count >= e.ignored_until_count
        or e.users_affected + v_users >= e.ignored_until_users,
        false);
    if v_users > 0 or v_ends or out_is_regression then
      perform set_config('app.error_cause', case when v_ends then 'ignore_expired' else 'regression' end, true);
      perform set_config('app.error_release', coalesce(v.service_version, ''), true);
      update public.error_logs l
      set users_affected = l.users_affected + v_users,
          resolution_status = case
            when out_is_regression then 'regressed'
            when v_ends then 'unresolved'
            else l.resolution_status
          end,
          resolved_at = case when out_is_regression then null else l.resolved_at end,
          resolved_by = case when out_is_regression then null else l.resolved_by end,
          ignored_until = case when v_ends then null else l.ignored_until end,
          ignored_until_count = case when v_ends then null else l.ignored_until_count end,
          ignored_until_users = case when v_ends then null else l.ignored_until_users end
      where l.id = e.id;
      perform set_config('app.error_cause', '', true);
    end if;

    insert into public.error_hourly_counts as c (team_id, error_id, hour, occurrence_count)
    values (v.team_id, e.id, date_bin('15 minutes', v.occurred_at, '2000-01-01 00:00:00+00'), 1)
    on conflict (team_id, error_id, hour) do update
    set occurrence_count = c.occurrence_count + 1;

    if e.occurrence_count < 100 or e.occurrence_count % (10 ^ (length(e.occurrence_count::text) - 2))::integer = 0 then
      insert into public.error_occurrences (
        team_id, error_id, number, occurred_at, error_message, error_details, stack_trace, context_data, user_id, session_id,
        ip_address, user_agent, service_name, service_version, metadata)
      values (
        v.team_id, e.id, e.occurrence_count, v.occurred_at, v.error_message, v.error_details, v.stack_trace, v.context_data,
        v.user_id, v.session_id, v.ip_address, v.user_agent, v.service_name, v.service_version, v.metadata);
    end if;

    out_id := e.id;
    out_count := e.occurrence_count;
    out_is_new := e.occurrence_count = 1;
    return next;
  end loop;
end
$$;
comment on function app.record_errors(jsonb) is
  'Counts occurrences, each in its group: one atomic upsert per occurrence, exact counts by hour and of users, a sample of the rest, regressions and ended ignores. Answers only what somebody may know who may not read errors.';

-- ---------------------------------------------------------------------------------------------------------------
-- Status
-- ---------------------------------------------------------------------------------------------------------------
create function app.note_error_status() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cause constant text := coalesce(nullif(current_setting('app.error_cause', true), ''), 'user');
begin
  insert into public.error_resolutions (team_id, error_id, changed_by, from_status, to_status, cause, notes, service_version)
  values (
    new.team_id,
    new.id,
    case when v_cause = 'user' then app.current_user_id() end,
    old.resolution_status,
    new.resolution_status,
    v_cause,
    case when v_cause = 'user' then new.resolution_notes end,
    case
      when v_cause = 'user' then new.resolved_in_version
      else nullif(current_setting('app.error_release', true), '')
    end);
  return null;
end
$$;
comment on function app.note_error_status() is 'Writes the history of an error''s status, whichever path changed it.';
create trigger error_logs_status after update of resolution_status on public.error_logs
  for each row when (old.resolution_status is distinct from new.resolution_status)
  execute function app.note_error_status();

create function app.expire_error_ignores() returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  if app.system_reason() is null then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  perform set_config('app.error_cause', 'ignore_expired', true), set_config('app.error_release', '', true);
  update public.error_logs l
  set resolution_status = 'unresolved',
      ignored_until = null,
      ignored_until_count = null,
      ignored_until_users = null
  where l.ignored_until <= now()
    and l.resolution_status = 'ignored';
  get diagnostics v_count = row_count;
  perform set_config('app.error_cause', '', true);
  return v_count;
end
$$;
comment on function app.expire_error_ignores() is 'Ends ignoring where its time is over; occurrences end it by count and users themselves.';

create function app.merge_errors(p_source uuid, p_target uuid, p_version integer) returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  s public.error_logs%rowtype;
  t public.error_logs%rowtype;
  v_users integer;
begin
  if not (app.has_permission('errors:write') and app.has_permission('errors:read')) then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  select * into s
  from public.error_logs l
  where l.id = p_source
    and (app.is_admin() or l.team_id = any(app.current_team_ids()));
  if not found then
    return 'missing';
  end if;
  -- Reports share this lock, so none of them is on its way to the error that goes.
  perform pg_advisory_xact_lock(hashtext('taskmaster errors'), hashtext(s.team_id::text));
  perform from public.error_logs l where l.team_id = s.team_id and l.id in (p_source, p_target) order by l.id for update;
  select * into s from public.error_logs l where l.team_id = s.team_id and l.id = p_source;
  select * into t from public.error_logs l where l.team_id = s.team_id and l.id = p_target;
  if s.version <> p_version then
    return 'stale';
  elsif p_source = p_target then
    return 'self';
  elsif t.id is null then
    return 'no_target';
  elsif s.merged_into is not null then
    return 'merged';
  elsif t.merged_into is not null then
    return 'target_merged';
  end if;

  insert into public.error_hourly_counts as c (team_id, error_id, hour, occurrence_count)
  select o.team_id, t.id, o.hour, o.occurrence_count
  from public.error_hourly_counts o
  where o.team_id = s.team_id
    and o.error_id = s.id
  on conflict (team_id, error_id, hour) do update
  set occurrence_count = c.occurrence_count + excluded.occurrence_count;
  delete from public.error_hourly_counts o where o.team_id = s.team_id and o.error_id = s.id;

  insert into public.error_users (team_id, error_id, user_hash, first_seen_at)
  select o.team_id, t.id, o.user_hash, o.first_seen_at
  from public.error_users o
  where o.team_id = s.team_id
    and o.error_id = s.id
  on conflict do nothing;
  get diagnostics v_users = row_count;
  delete from public.error_users o where o.team_id = s.team_id and o.error_id = s.id;

  update public.error_occurrences o
  set error_id = t.id
  where o.team_id = s.team_id
    and o.error_id = s.id;

  update public.error_logs l
  set occurrence_count = l.occurrence_count + s.occurrence_count,
      users_affected = l.users_affected + v_users,
      first_occurred_at = least(l.first_occurred_at, s.first_occurred_at),
      last_occurred_at = greatest(l.last_occurred_at, s.last_occurred_at),
      service_version = case
        when s.service_version is null
          or app.is_older_release(l.team_id, l.project_key, s.service_name, s.service_version, l.service_version, now())
        then l.service_version
        else s.service_version
      end
  where l.id = t.id;
  update public.error_logs l
  set merged_into = t.id
  where l.team_id = s.team_id
    and l.merged_into = s.id;
  update public.error_logs l
  set merged_into = t.id,
      occurrence_count = 0,
      users_affected = 0
  where l.id = s.id;
  insert into public.error_resolutions (team_id, error_id, changed_by, from_status, to_status, cause, notes)
  values
    (s.team_id, s.id, app.current_user_id(), s.resolution_status, s.resolution_status, 'merge', 'merged into ' || t.id),
    (t.team_id, t.id, app.current_user_id(), t.resolution_status, t.resolution_status, 'merge', 'took over ' || s.id);
  return 'done';
end
$$;
comment on function app.merge_errors(uuid, uuid, integer) is
  'Moves occurrences, counts and users of one error to another one of the team, and what will still be reported of it. Answers done, or what hinders.';

create function app.prune_errors(p_resolved_days integer, p_unresolved_days integer, p_limit integer) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_resolved timestamptz := now() - make_interval(days => p_resolved_days);
  v_unresolved timestamptz := now() - make_interval(days => p_unresolved_days);
  v_removed integer;
begin
  if app.system_reason() is null then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  delete from public.error_occurrences o
  using (
    select p.id
    from public.error_occurrences p
    join public.error_logs l on l.team_id = p.team_id and l.id = p.error_id
    where p.occurred_at < greatest(v_resolved, v_unresolved)
      and p.occurred_at < case when l.resolution_status in ('resolved', 'wont_fix') then v_resolved else v_unresolved end
    order by p.occurred_at
    limit p_limit
  ) past
  where o.id = past.id;
  get diagnostics v_removed = row_count;

  -- The group stays, with its counts; whom and where it met goes.
  with past as (
    select l.id, l.team_id
    from public.error_logs l
    where l.last_occurred_at < case when l.resolution_status in ('resolved', 'wont_fix') then v_resolved else v_unresolved end
      and (l.user_id is not null or l.session_id is not null or l.ip_address is not null or l.user_agent is not null
        or l.context_data <> '{}' or l.users_affected > 0 and exists (
          select from public.error_users u where u.team_id = l.team_id and u.error_id = l.id))
    limit p_limit
  ),
  forgotten as (
    delete from public.error_users u
    using past
    where u.team_id = past.team_id
      and u.error_id = past.id
  )
  update public.error_logs l
  set user_id = null,
      session_id = null,
      ip_address = null,
      user_agent = null,
      context_data = '{}'
  from past
  where l.id = past.id;
  return v_removed;
end
$$;
comment on function app.prune_errors(integer, integer, integer) is
  'Removes occurrences past their time, at most so many, and what errors past theirs hold of people; how many occurrences were removed.';

alter function app.record_errors(jsonb) owner to tm_ingest;
alter function app.merge_errors(uuid, uuid, integer) owner to tm_ingest;
alter function app.prune_errors(integer, integer, integer) owner to tm_ingest;
alter function app.note_error_status() owner to tm_ingest;
alter function app.expire_error_ignores() owner to tm_ingest;
revoke create on schema app from tm_ingest;
grant execute on function
  app.release_key(text), app.is_older_release(uuid, text, text, text, text, timestamptz), app.place_errors(jsonb)
  to tm_ingest;
set role tm_ingest;
revoke execute on function
  app.record_errors(jsonb), app.merge_errors(uuid, uuid, integer), app.note_error_status(), app.expire_error_ignores(),
  app.prune_errors(integer, integer, integer)
  from public;
grant execute on function app.record_errors(jsonb), app.merge_errors(uuid, uuid, integer) to tm_app_rw, tm_admin;
grant execute on function app.expire_error_ignores(), app.prune_errors(integer, integer, integer) to tm_background;
set role tm_owner;

insert into public.migrations ("timestamp", name)
select 1700000000011, 'Errors1700000000011'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Errors1700000000011');

reset role;
