-- 010: validation results with transitions, attempts and findings, and the gate of a project.
-- Who may write validations need not be able to read them (api_client), and INSERT … ON CONFLICT and RETURNING ask the
-- policies for reading. So everything is written by functions of tm_ingest, which ask for team and permission themselves
-- and answer an id, a version and a status (docs/decisions/0010-validations.md).
set lock_timeout = '5s';

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
      raise notice 'tm_owner is not a member of tm_ingest: %', sqlerrm;
  end;
end
$$;
grant usage on schema public to tm_ingest;
set role tm_owner;
grant usage on schema app to tm_ingest;
grant execute on function app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.new_id(),
  app.merge_patch(jsonb, jsonb) to tm_ingest;

-- ---------------------------------------------------------------------------------------------------------------
-- Columns and tables
-- ---------------------------------------------------------------------------------------------------------------
drop trigger validation_results_touch on public.validation_results;

alter table public.validation_results
  add column project_key varchar(64),
  add column external_id varchar(255)
    constraint validation_results_external_id_check check (external_id <> ''),
  add column tool_name varchar(255),
  add column commit_sha varchar(64)
    constraint validation_results_commit_sha_check check (commit_sha ~ '^[0-9a-f]{7,64}$'),
  add column branch varchar(255),
  add column details_url varchar(2048),
  add column attempt integer generated always as (retry_count + 1) stored,
  add column finding_counts jsonb,
  add column created_by uuid constraint validation_results_created_by_fkey references public.users (id) on delete set null;
comment on column public.validation_results.project_key is 'That of the task, kept here for lists and series by project.';
comment on column public.validation_results.external_id is 'What the caller calls this result: the same one is recorded once per task and type.';
comment on column public.validation_results.tool_name is 'Who found it; findings are compared with those of the same tool.';
comment on column public.validation_results.finding_counts is 'Findings by state and severity; null when none were reported. Bookkeeping.';

-- FORCE binds the owner, who would find no row.
alter table public.validation_results no force row level security;
alter table public.tasks no force row level security;
update public.validation_results r
set project_key = t.project_key
from public.tasks t
where t.team_id = r.team_id
  and t.id = r.task_id
  and t.project_key is not null;
alter table public.validation_results force row level security;
alter table public.tasks force row level security;

create unique index validation_results_external_key
  on public.validation_results (team_id, task_id, validation_type, external_id) where external_id is not null;
create index validation_results_latest_idx on public.validation_results (team_id, task_id, validation_type, created_at desc);
create index validation_results_team_project_idx
  on public.validation_results (team_id, project_key, created_at desc, id desc) where project_key is not null;
create index validation_results_team_commit_idx
  on public.validation_results (team_id, commit_sha, created_at desc, id desc) where commit_sha is not null;
create index validation_results_created_by_idx on public.validation_results (created_by) where created_by is not null;

create table public.validation_attempts (
  id uuid constraint validation_attempts_pkey primary key default app.new_id(),
  team_id uuid not null,
  validation_result_id uuid not null,
  attempt integer not null,
  validation_status varchar(50) not null,
  validation_score numeric(5, 2),
  validation_data jsonb not null default '{}'::jsonb,
  claude_code_version varchar(50),
  validation_environment jsonb not null default '{}'::jsonb,
  started_at timestamptz,
  completed_at timestamptz,
  execution_time_ms integer,
  error_message text,
  error_details jsonb,
  finding_counts jsonb,
  retried_by uuid constraint validation_attempts_retried_by_fkey references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint validation_attempts_attempt_key unique (team_id, validation_result_id, attempt),
  constraint validation_attempts_result_fkey foreign key (team_id, validation_result_id)
    references public.validation_results (team_id, id) on delete cascade
);
comment on table public.validation_attempts is 'How the attempts of a validation ended that were followed by another one.';
create index validation_attempts_retried_by_idx on public.validation_attempts (retried_by) where retried_by is not null;

create table public.validation_findings (
  id uuid constraint validation_findings_pkey primary key default app.new_id(),
  team_id uuid not null,
  validation_result_id uuid not null,
  attempt integer not null default 1,
  position integer not null default 0,
  rule varchar(255),
  file varchar(2048),
  start_line integer constraint validation_findings_start_line_check check (start_line >= 0),
  start_column integer constraint validation_findings_start_column_check check (start_column >= 0),
  end_line integer constraint validation_findings_end_line_check check (end_line >= 0),
  end_column integer constraint validation_findings_end_column_check check (end_column >= 0),
  severity varchar(10) not null default 'warning'
    constraint validation_findings_severity_check check (severity in ('error', 'warning', 'note', 'none')),
  message text not null,
  fingerprint varchar(255) not null,
  state varchar(10) not null default 'new'
    constraint validation_findings_state_check check (state in ('new', 'existing', 'fixed')),
  suppressed boolean not null default false,
  carried boolean not null default false,
  details jsonb not null default '{}'::jsonb
    constraint validation_findings_details_check check (jsonb_typeof(details) = 'object'),
  created_at timestamptz not null default now(),
  constraint validation_findings_result_fkey foreign key (team_id, validation_result_id)
    references public.validation_results (team_id, id) on delete cascade
);
comment on table public.validation_findings is 'What a validation found, place by place, compared with the result before it.';
comment on column public.validation_findings.carried is 'Not in the report: the result before had it, and it is gone.';
create index validation_findings_result_idx
  on public.validation_findings (team_id, validation_result_id, attempt, position, id);

select app.protect_team_table('public.validation_attempts', 'validations:read', 'validations:write');
select app.protect_team_table('public.validation_findings', 'validations:read', 'validations:write');
select
  app.audit_table('public.validation_results', '{}', '{finding_counts}'),
  app.audit_table('public.validation_attempts'),
  app.audit_table('public.validation_findings');

-- ---------------------------------------------------------------------------------------------------------------
-- Rules that hold whichever path writes
-- ---------------------------------------------------------------------------------------------------------------
create function app.validation_has_ended(p_status text) returns boolean language sql immutable strict parallel safe
  return p_status in ('passed', 'failed', 'warning', 'error', 'skipped', 'cancelled', 'timed_out');
comment on function app.validation_has_ended(text) is 'Whether the status is final.';

create function app.touch_validation() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retried boolean;
begin
  if tg_op = 'INSERT' then
    new.project_key := (
      select t.project_key
      from public.tasks t
      where t.team_id = new.team_id
        and t.id = new.task_id
    );
  else
    -- Counting is nobody's change, and is written by statements that write nothing else.
    if new.finding_counts is distinct from old.finding_counts then
      return new;
    end if;
    v_retried := new.retry_count = old.retry_count + 1 and new.validation_status = 'queued';
    if new.validation_status <> old.validation_status
      and not v_retried
      and (app.validation_has_ended(old.validation_status) or new.validation_status = 'queued')
    then
      raise exception 'A validation that is % cannot become %.', old.validation_status, new.validation_status
        using errcode = '23514', constraint = 'validation_results_transition';
    end if;
    if old.validation_status = 'queued' and new.validation_status = 'running' and new.started_at is not distinct from old.started_at then
      new.started_at := now();
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  if app.validation_has_ended(new.validation_status) then
    new.completed_at := coalesce(new.completed_at, now());
    if new.execution_time_ms is null and new.started_at < new.completed_at then
      new.execution_time_ms := least(round(extract(epoch from new.completed_at - new.started_at) * 1000), 2147483647);
    end if;
  else
    new.completed_at := null;
  end if;
  return new;
end
$$;
comment on function app.touch_validation() is 'Project, transitions, times and version of a validation result.';
create trigger validation_results_touch before insert or update on public.validation_results
  for each row execute function app.touch_validation();

-- ---------------------------------------------------------------------------------------------------------------
-- Writing without reading
-- ---------------------------------------------------------------------------------------------------------------
create function app.writable_validation(p_id uuid)
returns setof public.validation_results
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app.has_permission('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  return query
    select r.*
    from public.validation_results r
    where r.id = p_id
      and (app.is_admin() or r.team_id = any(app.current_team_ids()))
    for update;
end
$$;
comment on function app.writable_validation(uuid) is 'The result, locked, if this session may write it. For the functions below alone.';

create function app.record_validation(p_input jsonb)
returns table (id uuid, version integer, status text, is_new boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v public.validation_results := jsonb_populate_record(null::public.validation_results, p_input);
  v_ended constant boolean := app.validation_has_ended(v.validation_status);
begin
  if not app.has_permission('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  v.team_id := (
    select t.team_id
    from public.tasks t
    where t.id = v.task_id
      and t.deleted_at is null
      and (app.is_admin() or t.team_id = any(app.current_team_ids()))
  );
  if v.team_id is null then
    return;
  end if;
  if p_input ? 'started_at' then
    if v_ended and v.started_at > coalesce(v.completed_at, now()) then
      raise exception 'completedAt must not be before startedAt.' using errcode = '23514', constraint = 'validation_results_times';
    elsif v_ended and v.execution_time_ms is null then
      v.execution_time_ms :=
        least(round(extract(epoch from coalesce(v.completed_at, now()) - v.started_at) * 1000), 2147483647);
    end if;
  elsif v_ended and v.execution_time_ms is not null then
    v.started_at := coalesce(v.completed_at, now()) - v.execution_time_ms * interval '1 millisecond';
  else
    v.started_at := least(now(), coalesce(v.completed_at, now()));
  end if;
  insert into public.validation_results as r (
    team_id, task_id, validation_type, validation_status, validation_score, validation_data, claude_code_version,
    validation_environment, started_at, completed_at, execution_time_ms, error_message, error_details, retry_count,
    metadata, external_id, tool_name, commit_sha, branch, details_url, created_by
  )
  values (
    v.team_id, v.task_id, v.validation_type, v.validation_status, v.validation_score, coalesce(v.validation_data, '{}'),
    v.claude_code_version, coalesce(v.validation_environment, '{}'), v.started_at, v.completed_at, v.execution_time_ms,
    v.error_message, v.error_details, coalesce(v.retry_count, 0), coalesce(v.metadata, '{}'), v.external_id, v.tool_name,
    v.commit_sha, v.branch, v.details_url, app.current_user_id()
  )
  on conflict (team_id, task_id, validation_type, external_id) where external_id is not null do nothing
  returning r.id, r.version, r.validation_status::text, true into id, version, status, is_new;
  if not found then
    select r.id, r.version, r.validation_status::text, false into id, version, status, is_new
    from public.validation_results r
    where r.team_id = v.team_id
      and r.task_id = v.task_id
      and r.validation_type = v.validation_type
      and r.external_id = v.external_id;
  end if;
  return next;
end
$$;
comment on function app.record_validation(jsonb) is
  'Records a result once per task, type and external id. No row: there is no such task for this session.';

create function app.change_validation(p_id uuid, p_version integer, p_set jsonb, p_merge jsonb)
returns table (id uuid, version integer, status text, is_stale boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  o public.validation_results;
  n public.validation_results;
begin
  select w.* into o from app.writable_validation(p_id) w;
  if o.id is null then
    return;
  end if;
  if p_version is distinct from o.version and p_version is not null then
    return query select o.id, o.version, o.validation_status::text, true;
    return;
  end if;
  n := jsonb_populate_record(o, p_set);
  if n.task_id <> o.task_id or n.validation_type <> o.validation_type then
    raise exception 'The task and the type of a validation cannot be changed.' using errcode = '23514', constraint = 'validation_results_fixed';
  end if;
  if p_set ->> 'completed_at' is not null and not app.validation_has_ended(n.validation_status) then
    raise exception 'completedAt belongs to a validation that has ended.' using errcode = '23514', constraint = 'validation_results_times';
  elsif app.validation_has_ended(n.validation_status) and n.started_at > n.completed_at then
    raise exception 'completedAt must not be before startedAt.' using errcode = '23514', constraint = 'validation_results_times';
  end if;
  update public.validation_results r
  set validation_status = n.validation_status,
      validation_score = n.validation_score,
      validation_data = app.merge_patch(n.validation_data, coalesce(p_merge -> 'validation_data', '{}')),
      claude_code_version = n.claude_code_version,
      validation_environment = app.merge_patch(n.validation_environment, coalesce(p_merge -> 'validation_environment', '{}')),
      started_at = n.started_at,
      completed_at = n.completed_at,
      execution_time_ms = n.execution_time_ms,
      error_message = n.error_message,
      error_details = case when p_merge ? 'error_details' then app.merge_patch(n.error_details, p_merge -> 'error_details') else n.error_details end,
      metadata = app.merge_patch(n.metadata, coalesce(p_merge -> 'metadata', '{}')),
      external_id = n.external_id,
      tool_name = n.tool_name,
      commit_sha = n.commit_sha,
      branch = n.branch,
      details_url = n.details_url
  where r.team_id = o.team_id
    and r.id = o.id
  returning r.id, r.version, r.validation_status::text, false into id, version, status, is_stale;
  return next;
end
$$;
comment on function app.change_validation(uuid, integer, jsonb, jsonb) is
  'Changes a result that is still at the expected version: columns to set, and JSON columns to merge (RFC 7396).';

create function app.retry_validation(p_id uuid, p_version integer)
returns table (id uuid, version integer, status text, is_stale boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  o public.validation_results;
begin
  select w.* into o from app.writable_validation(p_id) w;
  if o.id is null then
    return;
  end if;
  if p_version is distinct from o.version and p_version is not null then
    return query select o.id, o.version, o.validation_status::text, true;
    return;
  end if;
  if not app.validation_has_ended(o.validation_status) then
    raise exception 'A validation that is % has not ended, so it cannot be tried again.', o.validation_status
      using errcode = '23514', constraint = 'validation_results_transition';
  end if;
  insert into public.validation_attempts (
    team_id, validation_result_id, attempt, validation_status, validation_score, validation_data, claude_code_version,
    validation_environment, started_at, completed_at, execution_time_ms, error_message, error_details, finding_counts, retried_by
  )
  values (
    o.team_id, o.id, o.attempt, o.validation_status, o.validation_score, o.validation_data, o.claude_code_version,
    o.validation_environment, o.started_at, o.completed_at, o.execution_time_ms, o.error_message, o.error_details,
    o.finding_counts, app.current_user_id()
  );
  -- Two statements: counts are bookkeeping, which the trigger tells by their changing alone.
  update public.validation_results r
  set finding_counts = null
  where r.team_id = o.team_id
    and r.id = o.id
    and r.finding_counts is not null;
  update public.validation_results r
  set retry_count = o.retry_count + 1,
      validation_status = 'queued',
      validation_score = null,
      validation_data = '{}',
      started_at = null,
      completed_at = null,
      execution_time_ms = null,
      error_message = null,
      error_details = null
  where r.team_id = o.team_id
    and r.id = o.id
  returning r.id, r.version, r.validation_status::text, false into id, version, status, is_stale;
  return next;
end
$$;
comment on function app.retry_validation(uuid, integer) is 'Starts the next attempt and keeps how the last one ended.';

-- A text body: a parsed one would hold on to today's columns, and the next migration that adds one would break it.
create function app.finding_baseline(p_result public.validation_results)
returns setof public.validation_results
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.*
  from public.validation_results r
  where r.team_id = p_result.team_id
    and r.task_id = p_result.task_id
    and r.validation_type = p_result.validation_type
    and r.tool_name is not distinct from p_result.tool_name
    and r.validation_status in ('passed', 'failed', 'warning')
    and r.finding_counts is not null
    and r.created_at < p_result.created_at
  order by r.created_at desc, r.id desc
  limit 1;
$$;
comment on function app.finding_baseline(public.validation_results) is
  'The last result before it of the same task, type and tool that ran to its end and reported findings.';

create function app.write_findings(p_id uuid, p_findings jsonb, p_first integer)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  r public.validation_results;
  b public.validation_results;
begin
  select w.* into r from app.writable_validation(p_id) w;
  if r.id is null then
    return;
  end if;
  select w.* into b from app.finding_baseline(r) w;
  if p_first = 0 then
    delete from public.validation_findings f
    where f.team_id = r.team_id
      and f.validation_result_id = r.id
      and f.attempt = r.attempt;
  end if;
  insert into public.validation_findings (
    team_id, validation_result_id, attempt, position, rule, file, start_line, start_column, end_line, end_column,
    severity, message, fingerprint, state, suppressed, details
  )
  select
    r.team_id, r.id, r.attempt, p_first + g.place - 1, g.f ->> 'rule', g.f ->> 'file',
    (g.f ->> 'startLine')::integer, (g.f ->> 'startColumn')::integer,
    (g.f ->> 'endLine')::integer, (g.f ->> 'endColumn')::integer,
    g.f ->> 'severity', g.f ->> 'message', g.f ->> 'fingerprint',
    case
      when (g.f ->> 'absent')::boolean then 'fixed'
      when known.fingerprint is not null then 'existing'
      else 'new'
    end,
    coalesce((g.f ->> 'suppressed')::boolean, false), coalesce(g.f -> 'details', '{}')
  from jsonb_array_elements(p_findings) with ordinality g (f, place)
  left join (
    select distinct k.fingerprint
    from public.validation_findings k
    where k.team_id = b.team_id
      and k.validation_result_id = b.id
      and k.attempt = b.attempt
      and k.state <> 'fixed'
  ) known on known.fingerprint = g.f ->> 'fingerprint';
end
$$;
comment on function app.write_findings(uuid, jsonb, integer) is
  'Adds findings to the current attempt; the first batch (p_first 0) takes the place of what it had.';

create function app.settle_findings(p_id uuid, p_reported boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  r public.validation_results;
  b public.validation_results;
  v_counts jsonb;
begin
  select w.* into r from app.writable_validation(p_id) w;
  -- Who reports no findings does not say that there are none.
  if r.id is null or not p_reported and r.finding_counts is null then
    return null;
  end if;
  delete from public.validation_findings f
  where f.team_id = r.team_id
    and f.validation_result_id = r.id
    and f.attempt = r.attempt
    and f.carried;
  if r.validation_status in ('passed', 'failed', 'warning') then
    select w.* into b from app.finding_baseline(r) w;
    insert into public.validation_findings (
      team_id, validation_result_id, attempt, position, rule, file, start_line, start_column, end_line, end_column,
      severity, message, fingerprint, state, suppressed, carried, details
    )
    select
      r.team_id, r.id, r.attempt, 1000000000 + row_number() over (order by k.position, k.id), k.rule, k.file, k.start_line,
      k.start_column, k.end_line, k.end_column, k.severity, k.message, k.fingerprint, 'fixed', k.suppressed, true, k.details
    from public.validation_findings k
    where k.team_id = b.team_id
      and k.validation_result_id = b.id
      and k.attempt = b.attempt
      and k.state <> 'fixed'
      and k.fingerprint not in (
        select f.fingerprint
        from public.validation_findings f
        where f.team_id = r.team_id
          and f.validation_result_id = r.id
          and f.attempt = r.attempt
      );
  end if;
  select jsonb_build_object(
    'new', count(*) filter (where f.state = 'new'),
    'existing', count(*) filter (where f.state = 'existing'),
    'fixed', count(*) filter (where f.state = 'fixed'),
    'error', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'error'),
    'warning', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'warning'),
    'note', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'note'),
    'none', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'none'),
    'suppressed', count(*) filter (where f.state <> 'fixed' and f.suppressed)
  )
  into v_counts
  from public.validation_findings f
  where f.team_id = r.team_id
    and f.validation_result_id = r.id
    and f.attempt = r.attempt;
  update public.validation_results u
  set finding_counts = v_counts
  where u.team_id = r.team_id
    and u.id = r.id
    and u.finding_counts is distinct from v_counts;
  return v_counts;
end
$$;
comment on function app.settle_findings(uuid, boolean) is
  'Once all findings are there: reports those of the result before that are gone, and counts. Answers the counts.';

-- ---------------------------------------------------------------------------------------------------------------
-- The gate
-- ---------------------------------------------------------------------------------------------------------------
-- The latest result of a type is the one recorded last; the results of one import are recorded together and all count.
create function app.validation_gate(p_team_id uuid, p_task_id uuid, p_gate jsonb)
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

create function app.check_validation_gate() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gate jsonb;
  v_result jsonb;
begin
  -- An import brings what is true elsewhere already.
  if current_setting('app.gate_waived', true) = 'on' then
    return null;
  end if;
  select p.settings -> 'validationGate' into v_gate
  from public.projects p
  where p.team_id = new.team_id
    and p.project_key = new.project_key;
  if jsonb_typeof(v_gate) is distinct from 'object' or v_gate -> 'enforced' = 'false' then
    return null;
  end if;
  v_result := app.validation_gate(new.team_id, new.id, v_gate);
  if not (v_result ->> 'passed')::boolean then
    raise exception 'The validation gate of the project is not passed.'
      using errcode = '23514', constraint = 'tasks_validation_gate', table = 'tasks',
        detail = jsonb_path_query_array(v_result, '$.conditions[*] ? (@.passed == false)')::text;
  end if;
  return null;
end
$$;
comment on function app.check_validation_gate() is 'A task is not completed while its project''s gate says no.';
create trigger tasks_validation_gate_insert after insert on public.tasks
  for each row when (new.status = 'completed' and new.project_key is not null)
  execute function app.check_validation_gate();
create trigger tasks_validation_gate_update after update of status on public.tasks
  for each row when (new.status = 'completed' and old.status <> 'completed' and new.project_key is not null)
  execute function app.check_validation_gate();

-- ---------------------------------------------------------------------------------------------------------------
-- tm_ingest owns the functions that write, and nobody is a member of it
-- ---------------------------------------------------------------------------------------------------------------
grant execute on function app.validation_has_ended(text), app.finding_baseline(public.validation_results), app.validation_gate(uuid, uuid, jsonb)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_ingest;

create policy tasks_ingest_select_policy on public.tasks for select to tm_ingest using (true);
create policy projects_ingest_select_policy on public.projects for select to tm_ingest using (true);
create policy validation_results_ingest_select_policy on public.validation_results for select to tm_ingest using (true);
create policy validation_results_ingest_insert_policy on public.validation_results for insert to tm_ingest with check (true);
create policy validation_results_ingest_update_policy on public.validation_results for update to tm_ingest using (true) with check (true);
create policy validation_attempts_ingest_insert_policy on public.validation_attempts for insert to tm_ingest with check (true);
create policy validation_findings_ingest_select_policy on public.validation_findings for select to tm_ingest using (true);
create policy validation_findings_ingest_insert_policy on public.validation_findings for insert to tm_ingest with check (true);
create policy validation_findings_ingest_delete_policy on public.validation_findings for delete to tm_ingest using (true);
grant select (id, team_id, project_key, deleted_at) on public.tasks to tm_ingest;
grant select (team_id, project_key, settings) on public.projects to tm_ingest;
grant select, insert, update on public.validation_results to tm_ingest;
grant insert on public.validation_attempts to tm_ingest;
grant select, insert, delete on public.validation_findings to tm_ingest;

grant create on schema app to tm_ingest;
alter function app.touch_validation() owner to tm_ingest;
alter function app.writable_validation(uuid) owner to tm_ingest;
alter function app.record_validation(jsonb) owner to tm_ingest;
alter function app.change_validation(uuid, integer, jsonb, jsonb) owner to tm_ingest;
alter function app.retry_validation(uuid, integer) owner to tm_ingest;
alter function app.write_findings(uuid, jsonb, integer) owner to tm_ingest;
alter function app.settle_findings(uuid, boolean) owner to tm_ingest;
alter function app.check_validation_gate() owner to tm_ingest;
revoke create on schema app from tm_ingest;
-- The owner of a definer function grants it.
set role tm_ingest;
revoke execute on function
  app.touch_validation(), app.writable_validation(uuid), app.record_validation(jsonb),
  app.change_validation(uuid, integer, jsonb, jsonb), app.retry_validation(uuid, integer),
  app.write_findings(uuid, jsonb, integer), app.settle_findings(uuid, boolean), app.check_validation_gate()
  from public;
grant execute on function
  app.record_validation(jsonb), app.change_validation(uuid, integer, jsonb, jsonb), app.retry_validation(uuid, integer),
  app.write_findings(uuid, jsonb, integer), app.settle_findings(uuid, boolean)
  to tm_app_rw, tm_admin;
set role tm_owner;

insert into public.migrations ("timestamp", name)
select 1700000000010, 'Validations1700000000010'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Validations1700000000010');

reset role;
