-- 014: jobs, and webhooks on top of them.
-- The objects of the job library (graphile-worker 0.18, schema revision 20) are made here and not by its own migrator: a
-- database that went through psql has them too, they belong to tm_owner, and row-level security is forced on them
-- (docs/decisions/0014-webhooks.md). test/db/jobs.test.ts compares them with those that the library would make.
set lock_timeout = '5s';
create schema graphile_worker authorization tm_owner;
set role tm_owner;
grant usage on schema graphile_worker to tm_background, tm_backup;

-- ---------------------------------------------------------------------------------------------------------------
-- Jobs. Portions copyright (c) 2018 Benjie Gillam and contributors to graphile-worker, MIT licence.
-- ---------------------------------------------------------------------------------------------------------------
create table graphile_worker.migrations (
  id integer constraint migrations_pkey primary key,
  ts timestamptz not null default now(),
  breaking boolean not null default false
);
comment on table graphile_worker.migrations is 'Tells the library that its schema is current.';
insert into graphile_worker.migrations (id, breaking)
select n, n in (1, 3, 11, 13, 14, 16, 19)
from generate_series(1, 20) n;

create table graphile_worker._private_job_queues (
  id integer generated always as identity constraint job_queues_pkey1 primary key,
  queue_name text not null
    constraint job_queues_queue_name_key unique
    constraint job_queues_queue_name_check check (length(queue_name) <= 128),
  locked_at timestamptz,
  locked_by text,
  is_available boolean not null generated always as (locked_at is null) stored
);
comment on table graphile_worker._private_job_queues is 'Lanes: jobs of one run one after the other.';

create table graphile_worker._private_tasks (
  id integer generated always as identity constraint tasks_pkey primary key,
  identifier text not null
    constraint tasks_identifier_key unique
    constraint tasks_identifier_check check (length(identifier) <= 128)
);
comment on table graphile_worker._private_tasks is 'Kinds of jobs.';

create table graphile_worker._private_known_crontabs (
  identifier text constraint known_crontabs_pkey primary key,
  known_since timestamptz not null,
  last_execution timestamptz
);
comment on table graphile_worker._private_known_crontabs is 'Of the library; this service has jobs at intervals of its own.';

create table graphile_worker._private_jobs (
  id bigint generated always as identity constraint jobs_pkey1 primary key,
  job_queue_id integer,
  task_id integer not null,
  payload json not null default '{}'::json,
  priority smallint not null default 0,
  run_at timestamptz not null default now(),
  attempts smallint not null default 0,
  max_attempts smallint not null default 25 constraint jobs_max_attempts_check check (max_attempts >= 1),
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  key text
    constraint jobs_key_key1 unique
    constraint jobs_key_check check (length(key) > 0 and length(key) <= 512),
  locked_at timestamptz,
  locked_by text,
  revision integer not null default 0,
  flags jsonb,
  is_available boolean not null generated always as (locked_at is null and attempts < max_attempts) stored
);
comment on table graphile_worker._private_jobs is 'What is to be done, and when. Payloads hold ids alone.';
create index jobs_main_index on graphile_worker._private_jobs (priority, run_at) include (id, task_id, job_queue_id)
  where is_available = true;
create index jobs_no_queue_index on graphile_worker._private_jobs (priority, run_at) include (id, task_id)
  where is_available = true and job_queue_id is null;

-- Not the library's: who died is looked for every few seconds.
create index jobs_locked_idx on graphile_worker._private_jobs (locked_by) where locked_by is not null;

create view graphile_worker.jobs with (security_invoker = on) as
select
  jobs.id,
  job_queues.queue_name,
  tasks.identifier as task_identifier,
  jobs.priority,
  jobs.run_at,
  jobs.attempts,
  jobs.max_attempts,
  jobs.last_error,
  jobs.created_at,
  jobs.updated_at,
  jobs.key,
  jobs.locked_at,
  jobs.locked_by,
  jobs.revision,
  jobs.flags
from graphile_worker._private_jobs jobs
join graphile_worker._private_tasks tasks on tasks.id = jobs.task_id
left join graphile_worker._private_job_queues job_queues on job_queues.id = jobs.job_queue_id;

create type graphile_worker.job_spec as (
  identifier text,
  payload json,
  queue_name text,
  run_at timestamptz,
  max_attempts smallint,
  job_key text,
  priority smallint,
  flags text[]
);

create function graphile_worker.add_job(identifier text, payload json default null::json, queue_name text default null::text, run_at timestamptz default null::timestamptz, max_attempts integer default null::integer, job_key text default null::text, priority integer default null::integer, flags text[] default null::text[], job_key_mode text default 'replace'::text) returns graphile_worker._private_jobs
    language plpgsql
    as $$
declare
  v_job graphile_worker._private_jobs;
begin
  if (job_key is null or job_key_mode is null or job_key_mode in ('replace', 'preserve_run_at')) then
    select * into v_job
    from graphile_worker.add_jobs(
      array[(
        identifier,
        payload,
        queue_name,
        run_at,
        max_attempts::smallint,
        job_key,
        priority::smallint,
        flags
      )::graphile_worker.job_spec],
      (job_key_mode = 'preserve_run_at')
    )
    limit 1;
    return v_job;
  elsif job_key_mode = 'unsafe_dedupe' then
    insert into graphile_worker._private_tasks as tasks (identifier)
    select add_job.identifier
    where not exists (
      select 1
      from graphile_worker._private_tasks as existing
      where existing.identifier = add_job.identifier
    )
    on conflict do nothing;
    if add_job.queue_name is not null then
      insert into graphile_worker._private_job_queues as job_queues (queue_name)
      select add_job.queue_name
      where not exists (
        select 1
        from graphile_worker._private_job_queues as existing
        where existing.queue_name = add_job.queue_name
      )
      on conflict do nothing;
    end if;
    insert into graphile_worker._private_jobs as jobs (
      job_queue_id,
      task_id,
      payload,
      run_at,
      max_attempts,
      key,
      priority,
      flags
    )
      select
        job_queues.id,
        tasks.id,
        coalesce(add_job.payload, '{}'::json),
        coalesce(add_job.run_at, now()),
        coalesce(add_job.max_attempts::smallint, 25::smallint),
        add_job.job_key,
        coalesce(add_job.priority::smallint, 0::smallint),
        (
          select jsonb_object_agg(flag, true)
          from unnest(add_job.flags) as item(flag)
        )
      from graphile_worker._private_tasks as tasks
      left join graphile_worker._private_job_queues as job_queues
      on job_queues.queue_name = add_job.queue_name
      where tasks.identifier = add_job.identifier
    on conflict (key)
      do update set
        revision = jobs.revision + 1,
        updated_at = now()
      returning *
      into v_job;
    if v_job.revision = 0 then
      perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":1}');
    end if;
    return v_job;
  else
    raise exception 'Invalid job_key_mode value, expected ''replace'', ''preserve_run_at'' or ''unsafe_dedupe''.' using errcode = 'GWBKM';
  end if;
end;
$$;

create function graphile_worker.add_jobs(specs graphile_worker.job_spec[], job_key_preserve_run_at boolean default false) returns setof graphile_worker._private_jobs
    language plpgsql
    as $$
begin
  insert into graphile_worker._private_tasks as tasks (identifier)
  select distinct spec.identifier
  from unnest(specs) spec
  where not exists (
    select 1
    from graphile_worker._private_tasks as existing
    where existing.identifier = spec.identifier
  )
  on conflict do nothing;
  insert into graphile_worker._private_job_queues as job_queues (queue_name)
  select distinct spec.queue_name
  from unnest(specs) spec
  where spec.queue_name is not null
  and not exists (
    select 1
    from graphile_worker._private_job_queues as existing
    where existing.queue_name = spec.queue_name
  )
  on conflict do nothing;
  update graphile_worker._private_jobs as jobs
  set
    key = null,
    attempts = jobs.max_attempts,
    updated_at = now()
  from unnest(specs) spec
  where spec.job_key is not null
  and jobs.key = spec.job_key
  and is_available is not true;

  perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":' || array_length(specs, 1)::text || '}');

  return query insert into graphile_worker._private_jobs as jobs (
    job_queue_id,
    task_id,
    payload,
    run_at,
    max_attempts,
    key,
    priority,
    flags
  )
    select
      job_queues.id,
      tasks.id,
      coalesce(spec.payload, '{}'::json),
      coalesce(spec.run_at, now()),
      coalesce(spec.max_attempts, 25),
      spec.job_key,
      coalesce(spec.priority, 0),
      (
        select jsonb_object_agg(flag, true)
        from unnest(spec.flags) as item(flag)
      )
    from unnest(specs) spec
    inner join graphile_worker._private_tasks as tasks
    on tasks.identifier = spec.identifier
    left join graphile_worker._private_job_queues as job_queues
    on job_queues.queue_name = spec.queue_name
  on conflict (key) do update set
    job_queue_id = excluded.job_queue_id,
    task_id = excluded.task_id,
    payload =
      case
      when json_typeof(jobs.payload) = 'array' and json_typeof(excluded.payload) = 'array' then
        (jobs.payload::jsonb || excluded.payload::jsonb)::json
      else
        excluded.payload
      end,
    max_attempts = excluded.max_attempts,
    run_at = (case
      when job_key_preserve_run_at is true and jobs.attempts = 0 then jobs.run_at
      else excluded.run_at
    end),
    priority = excluded.priority,
    revision = jobs.revision + 1,
    flags = excluded.flags,
    attempts = 0,
    last_error = null,
    updated_at = now()
  where jobs.locked_at is null
  returning *;
end;
$$;

create function graphile_worker.complete_jobs(job_ids bigint[]) returns setof graphile_worker._private_jobs
    language sql
    as $$
  delete from graphile_worker._private_jobs as jobs
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;

create function graphile_worker.force_unlock_workers(worker_ids text[]) returns void
    language sql
    as $$
update graphile_worker._private_jobs as jobs
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
update graphile_worker._private_job_queues as job_queues
set locked_at = null, locked_by = null
where locked_by = any(worker_ids);
$$;

create function graphile_worker.permanently_fail_jobs(job_ids bigint[], error_message text default null::text) returns setof graphile_worker._private_jobs
    language sql
    as $$
  update graphile_worker._private_jobs as jobs
    set
      last_error = coalesce(error_message, 'Manually marked as failed'),
      attempts = max_attempts,
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;

create function graphile_worker.remove_job(job_key text) returns graphile_worker._private_jobs
    language plpgsql strict
    as $$
declare
  v_job graphile_worker._private_jobs;
begin
  delete from graphile_worker._private_jobs as jobs
    where key = job_key
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
  returning * into v_job;
  if not (v_job is null) then
    perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":-1}');
    return v_job;
  end if;
  update graphile_worker._private_jobs as jobs
  set
    key = null,
    attempts = jobs.max_attempts,
    updated_at = now()
  where key = job_key
  returning * into v_job;
  return v_job;
end;
$$;

create function graphile_worker.reschedule_jobs(job_ids bigint[], run_at timestamptz default null::timestamptz, priority integer default null::integer, attempts integer default null::integer, max_attempts integer default null::integer) returns setof graphile_worker._private_jobs
    language sql
    as $$
  update graphile_worker._private_jobs as jobs
    set
      run_at = coalesce(reschedule_jobs.run_at, jobs.run_at),
      priority = coalesce(reschedule_jobs.priority::smallint, jobs.priority),
      attempts = coalesce(reschedule_jobs.attempts::smallint, jobs.attempts),
      max_attempts = coalesce(reschedule_jobs.max_attempts::smallint, jobs.max_attempts),
      updated_at = now()
    where id = any(job_ids)
    and (
      locked_at is null
    or
      locked_at < now() - interval '4 hours'
    )
    returning *;
$$;

revoke execute on all functions in schema graphile_worker from public;
grant execute on all functions in schema graphile_worker to tm_background;

-- Jobs belong to no tenant: upkeep alone sees them, and says why.
do $$
declare
  v_table text;
begin
  foreach v_table in array array['migrations', '_private_job_queues', '_private_tasks', '_private_known_crontabs', '_private_jobs']
  loop
    execute format('alter table graphile_worker.%I enable row level security', v_table);
    execute format('alter table graphile_worker.%I force row level security', v_table);
    execute format(
      'create policy %I on graphile_worker.%I for all to tm_background
       using ((select app.system_reason()) is not null) with check ((select app.system_reason()) is not null)',
      v_table || '_background_policy', v_table);
    execute format('grant select, insert, update, delete on graphile_worker.%I to tm_background', v_table);
    execute format('grant select on graphile_worker.%I to tm_backup', v_table);
  end loop;
end
$$;
revoke insert, update, delete on graphile_worker.migrations from tm_background;
grant select on graphile_worker.jobs to tm_background;
grant select on all sequences in schema graphile_worker to tm_backup;

-- ---------------------------------------------------------------------------------------------------------------
-- Webhooks
-- ---------------------------------------------------------------------------------------------------------------
create function app.webhook_team_ids(p_permission text) returns uuid[] language sql stable parallel safe
  return case
    when app.has_permission(p_permission) then app.current_team_ids()
    when app.has_permission(replace(p_permission, 'webhooks:', 'tasks:')) then app.managed_team_ids()
    else '{}'::uuid[]
  end;
comment on function app.webhook_team_ids(text) is
  'The teams whose webhooks this session may read or write: all of them with the permission, else those that the user manages.';
grant execute on function app.webhook_team_ids(text) to tm_app_rw, tm_app_ro, tm_admin;

create function app.rights_in_teams(p_users uuid[], p_teams uuid[])
returns table (user_id uuid, team_id uuid, permissions text[])
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app.system_reason() is null then
    raise exception 'only background work asks for the rights of others' using errcode = '42501';
  end if;
  return query
    select p.user_id, p.team_id, r.permission_list
    from unnest(p_users, p_teams) as p (user_id, team_id)
    join public.users u on u.id = p.user_id and u.is_active
    join public.user_roles r on r.id = u.role_id and r.is_active
    where '*' = any(r.permission_list)
      or exists (
        select
        from public.team_members m
        where m.team_id = p.team_id
          and m.user_id = p.user_id
      );
end
$$;
comment on function app.rights_in_teams(uuid[], uuid[]) is
  'What each user may do in the team beside it, at this moment. No row: the user is disabled or not in the team.';
alter function app.rights_in_teams(uuid[], uuid[]) owner to tm_auth;
set role tm_auth;
revoke execute on function app.rights_in_teams(uuid[], uuid[]) from public;
grant execute on function app.rights_in_teams(uuid[], uuid[]) to tm_background;
set role tm_owner;

create table public.webhooks (
  id uuid constraint webhooks_pkey primary key default app.new_id(),
  team_id uuid not null constraint webhooks_team_id_fkey references public.teams (id) on delete cascade,
  owner_id uuid constraint webhooks_owner_id_fkey references public.users (id) on delete set null,
  scopes text[],
  url varchar(2048) not null constraint webhooks_url_check check (url ~ '^https?://'),
  description varchar(500),
  event_types jsonb not null default '["*"]'::jsonb
    constraint webhooks_event_types_check check (jsonb_typeof(event_types) = 'array' and event_types <> '[]'),
  project_key varchar(64),
  is_enabled boolean not null default true,
  disabled_reason varchar(20)
    constraint webhooks_disabled_reason_check check (disabled_reason in ('user', 'failing', 'gone', 'owner', 'secret')),
  disabled_at timestamptz,
  since_position bigint not null default 0,
  failure_count integer not null default 0,
  failing_since timestamptz,
  paused_until timestamptz,
  last_delivered_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhooks_team_id_id_key unique (team_id, id),
  constraint webhooks_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key) on delete cascade
);
comment on table public.webhooks is 'Where events of a team are sent.';
comment on column public.webhooks.owner_id is 'Who set it up or changed it last: it is sent what this person may see.';
comment on column public.webhooks.scopes is 'What the credential of that change was narrowed to; null: to nothing.';
comment on column public.webhooks.since_position is 'Events up to here came before it was there, or while it was disabled.';
comment on column public.webhooks.failure_count is 'Failed attempts since the last success. Bookkeeping, as the three after it.';
create index webhooks_list_idx on public.webhooks (team_id, created_at desc, id desc);
create index webhooks_owner_id_idx on public.webhooks (owner_id) where owner_id is not null;
create index webhooks_project_idx on public.webhooks (team_id, project_key) where project_key is not null;

create function app.touch_webhook() returns trigger language plpgsql as $$
declare
  c_bookkeeping constant text[] := '{failure_count,failing_since,paused_until,last_delivered_at}';
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(new) - c_bookkeeping = to_jsonb(old) - c_bookkeeping then
      return new;
    end if;
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  -- Whoever decides where the events go must not be sent what another person may see.
  if current_user in ('tm_app_rw', 'tm_admin') then
    new.owner_id := app.current_user_id();
    new.scopes := case when app.is_narrowed() then nullif(current_setting('app.permissions', true), '')::text[] end;
  end if;
  if new.is_enabled then
    new.disabled_reason := null;
    new.disabled_at := null;
    if tg_op = 'UPDATE' and not old.is_enabled then
      new.failure_count := 0;
      new.failing_since := null;
      new.paused_until := null;
    end if;
  else
    new.disabled_reason := coalesce(new.disabled_reason, 'user');
    new.disabled_at := coalesce(new.disabled_at, now());
  end if;
  return new;
end
$$;
comment on function app.touch_webhook() is 'Version, owner and the traces of being disabled.';
create trigger webhooks_touch before insert or update on public.webhooks
  for each row execute function app.touch_webhook();

create table public.webhook_secrets (
  id uuid constraint webhook_secrets_pkey primary key default app.new_id(),
  team_id uuid not null,
  webhook_id uuid not null,
  sealed_secret bytea not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_secrets_webhook_fkey foreign key (team_id, webhook_id)
    references public.webhooks (team_id, id) on delete cascade
);
comment on table public.webhook_secrets is 'Keys that deliveries are signed with; during a rotation there are two.';
comment on column public.webhook_secrets.sealed_secret is 'AES-256-GCM under a key that is not in the database; readable by background work alone.';
create index webhook_secrets_webhook_idx on public.webhook_secrets (team_id, webhook_id, created_at);

create table public.webhook_deliveries (
  id uuid constraint webhook_deliveries_pkey primary key default app.new_id(),
  team_id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  event_position bigint,
  event_type varchar(100) not null,
  record_id uuid,
  status varchar(20) not null default 'pending'
    constraint webhook_deliveries_status_check check (status in ('pending', 'delivered', 'dead')),
  attempt_count integer not null default 0,
  next_attempt_at timestamptz default now(),
  queued_at timestamptz,
  response_status integer,
  error varchar(50),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  delivered_at timestamptz,
  constraint webhook_deliveries_event_key unique (team_id, webhook_id, event_id),
  constraint webhook_deliveries_team_id_id_key unique (team_id, id),
  constraint webhook_deliveries_webhook_fkey foreign key (team_id, webhook_id)
    references public.webhooks (team_id, id) on delete cascade
);
comment on table public.webhook_deliveries is 'One event for one webhook, whatever number of attempts it takes.';
comment on column public.webhook_deliveries.event_position is 'Its place in the stream; null for a test.';
comment on column public.webhook_deliveries.attempt_count is 'Attempts since it was made or last replayed; the log of attempts has all of them.';
comment on column public.webhook_deliveries.queued_at is 'When its job was made; null: the dispatcher still has to.';
create index webhook_deliveries_list_idx on public.webhook_deliveries (team_id, webhook_id, created_at desc, id desc);
create index webhook_deliveries_due_idx on public.webhook_deliveries (next_attempt_at) where status = 'pending';
create index webhook_deliveries_age_idx on public.webhook_deliveries (created_at);
create trigger webhook_deliveries_touch before update on public.webhook_deliveries
  for each row execute function app.touch_row();

create table public.webhook_attempts (
  id uuid constraint webhook_attempts_pkey primary key default app.new_id(),
  team_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  response_status integer,
  response_excerpt varchar(1024),
  error varchar(50),
  constraint webhook_attempts_delivery_fkey foreign key (team_id, delivery_id)
    references public.webhook_deliveries (team_id, id) on delete cascade
);
comment on table public.webhook_attempts is 'What came of each try to deliver.';
create index webhook_attempts_delivery_idx on public.webhook_attempts (team_id, delivery_id, started_at, id);

create table public.webhook_dispatch (
  id boolean constraint webhook_dispatch_pkey primary key default true constraint webhook_dispatch_id_check check (id),
  position bigint not null default 0
);
comment on table public.webhook_dispatch is 'Up to which place of the stream deliveries have been made. One row.';
insert into public.webhook_dispatch default values;

create function app.webhook_lane(p_webhook uuid, p_record uuid, p_lanes integer, p_failing boolean) returns text
language sql
immutable
parallel safe
return case
  when p_failing then 'webhooks failing ' || (hashtext(p_webhook::text) & 3)
  else 'webhook ' || p_webhook || ' ' || ((hashtext(coalesce(p_record, p_webhook)::text) & 2147483647) % p_lanes)
end;
comment on function app.webhook_lane(uuid, uuid, integer, boolean) is
  'The queue of a delivery: changes of one record wait for one another, a webhook has so many lanes, and all that fail share four.';

create function app.event_type_matches(p_filter jsonb, p_type text) returns boolean
language sql
immutable
parallel safe
return p_filter ? '*' or p_filter ? p_type or p_filter ? (split_part(p_type, '.', 1) || '.*');
comment on function app.event_type_matches(jsonb, text) is 'Whether a list of types such as task.created or task.* names this one.';
grant execute on function app.webhook_lane(uuid, uuid, integer, boolean), app.event_type_matches(jsonb, text) to tm_background;
grant execute on function app.event_type_matches(jsonb, text) to tm_app_rw, tm_admin;

do $$
declare
  c_members constant text :=
    'team_id = any((select app.current_team_ids())::uuid[]) and team_id = any((select app.webhook_team_ids(%L))::uuid[])';
  c_admins constant text := '(select app.admin_may(%L))';
  c_background constant text := '(select app.system_reason()) is not null';
  v_table text;
begin
  foreach v_table in array array['webhooks', 'webhook_secrets', 'webhook_deliveries', 'webhook_attempts', 'webhook_dispatch']
  loop
    execute format('alter table public.%I enable row level security', v_table);
    execute format('alter table public.%I force row level security', v_table);
    execute format('create policy %I on public.%I for all to tm_background using (%s) with check (%s)',
      v_table || '_background_policy', v_table, c_background, c_background);
    execute format('grant select, insert, update, delete on public.%I to tm_background', v_table);
    continue when v_table = 'webhook_dispatch';
    execute format('create policy %I on public.%I for select to tm_app_rw, tm_app_ro using (%s)',
      v_table || '_select_policy', v_table, format(c_members, 'webhooks:read'));
    execute format('create policy %I on public.%I for select to tm_admin using (%s)',
      v_table || '_admin_select_policy', v_table, format(c_admins, 'webhooks:read'));
    -- Nobody who serves people reads a secret back.
    execute format('grant select %s on public.%I to tm_app_ro, tm_app_rw, tm_admin',
      case when v_table = 'webhook_secrets' then '(id, team_id, webhook_id, expires_at, created_at)' end, v_table);
    continue when v_table = 'webhook_attempts';
    execute format('create policy %I on public.%I for insert to tm_app_rw with check (%s)',
      v_table || '_insert_policy', v_table, format(c_members, 'webhooks:write'));
    execute format('create policy %I on public.%I for insert to tm_admin with check (%s)',
      v_table || '_admin_insert_policy', v_table, format(c_admins, 'webhooks:write'));
    execute format('create policy %I on public.%I for update to tm_app_rw using (%s) with check (%s)',
      v_table || '_update_policy', v_table, format(c_members, 'webhooks:write'), format(c_members, 'webhooks:write'));
    execute format('create policy %I on public.%I for update to tm_admin using (%s) with check (%s)',
      v_table || '_admin_update_policy', v_table, format(c_admins, 'webhooks:write'), format(c_admins, 'webhooks:write'));
    execute format('grant insert on public.%I to tm_app_rw, tm_admin', v_table);
  end loop;
end
$$;
create policy webhooks_delete_policy on public.webhooks for delete to tm_app_rw
  using (
    team_id = any((select app.current_team_ids())::uuid[])
    and team_id = any((select app.webhook_team_ids('webhooks:write'))::uuid[])
  );
create policy webhooks_admin_delete_policy on public.webhooks for delete to tm_admin
  using ((select app.admin_may('webhooks:write')));
revoke insert, delete on public.webhooks from tm_background;
revoke insert, update on public.webhook_secrets from tm_background;
revoke insert, delete on public.webhook_dispatch from tm_background;
grant update (url, description, event_types, project_key, is_enabled, since_position), delete on public.webhooks to tm_app_rw, tm_admin;
grant update (expires_at) on public.webhook_secrets to tm_app_rw, tm_admin;
grant update (status, attempt_count, next_attempt_at, queued_at, error) on public.webhook_deliveries to tm_app_rw, tm_admin;

select
  app.audit_table('public.webhooks', '{}', '{failure_count,failing_since,paused_until,last_delivered_at,since_position}'),
  app.audit_table('public.webhook_secrets', '{sealed_secret}');

-- ---------------------------------------------------------------------------------------------------------------
-- What is told of webhooks: that there are, and above all that one was disabled; never where they lead.
-- ---------------------------------------------------------------------------------------------------------------
alter function app.event_types(text, text, uuid, text[], jsonb, jsonb) rename to event_types_of_work;
alter function app.event_data(text, jsonb) rename to event_data_of_work;
alter function app.event_fields() rename to event_fields_of_work;

create function app.webhook_event_data(p_row jsonb) returns json language sql immutable parallel safe
  return (
    select row_to_json(j)
    from (
      select
        p_row -> 'id' as id,
        p_row -> 'team_id' as "teamId",
        p_row -> 'event_types' as "eventTypes",
        p_row -> 'project_key' as "projectKey",
        p_row -> 'is_enabled' as "isEnabled",
        p_row -> 'disabled_reason' as "disabledReason",
        p_row -> 'disabled_at' as "disabledAt",
        p_row -> 'version' as version,
        p_row -> 'created_at' as "createdAt",
        p_row -> 'updated_at' as "updatedAt"
    ) j
  );

create function app.event_data(p_table text, p_row jsonb) returns text language sql immutable parallel safe
  return case p_table
    when 'webhooks' then app.webhook_event_data(p_row)::text
    else app.event_data_of_work(p_table, p_row)
  end;
comment on function app.event_data(text, jsonb) is 'The resource of an event, with the names of REST.';

create function app.event_fields() returns jsonb language sql immutable parallel safe
  return app.event_fields_of_work()
    || '{"event_types": "eventTypes", "is_enabled": "isEnabled", "disabled_reason": "disabledReason"}'::jsonb;
comment on function app.event_fields() is 'The columns whose changes are told, with their names.';

create function app.event_types(
  p_table text, p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language sql immutable parallel safe
  return case
    when p_table <> 'webhooks' then app.event_types_of_work(p_table, p_operation, p_actor, p_changed, p_old, p_new)
    when p_operation = 'UPDATE' and p_changed = '{}' then '{}'
    when p_operation = 'UPDATE' and 'is_enabled' = any(p_changed)
      then array['webhook.' || case when p_new -> 'is_enabled' = 'true' then 'enabled' else 'disabled' end]
    else array['webhook.' || app.event_verb(p_operation)]
  end;
comment on function app.event_types(text, text, uuid, text[], jsonb, jsonb) is
  'The events that one row of the trail stands for, in their order. None for tables that nobody is told about.';
grant execute on function
  app.event_types(text, text, uuid, text[], jsonb, jsonb), app.event_data(text, jsonb), app.event_fields(),
  app.webhook_event_data(jsonb)
  to tm_relay;

insert into public.migrations ("timestamp", name)
select 1700000000014, 'Webhooks1700000000014'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Webhooks1700000000014');

reset role;
