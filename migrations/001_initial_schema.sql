-- 001: roles, the schema of helpers, and the core tables.
-- Runs through the service's migrator and with `psql -v ON_ERROR_STOP=1 -1 -f`.
set lock_timeout = '5s';

-- ---------------------------------------------------------------------------------------------------------------
-- Roles. They belong to the cluster, so another database (or another instance at this moment) may have made them.
-- NOINHERIT everywhere: a policy `to tm_admin` also applies to every member that inherits tm_admin, which would
-- switch tenant isolation off (docs/decisions/0003-row-level-security.md).
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  name text;
begin
  foreach name in array array['tm_owner', 'tm_migrator', 'tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background',
                              'tm_backup', 'tm_monitor', 'tm_admin', 'tm_auth', 'tm_search', 'tm_audit', 'tm_work',
                              'tm_ingest', 'tm_flow', 'tm_relay']
  loop
    begin
      if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I nologin noinherit', name);
      end if;
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;
  -- The owners of functions are become and never inherited. Nothing is granted again: whoever was given the roles by another
  -- login may not grant them.
  if not (select rolsuper from pg_roles where rolname = current_user) then
    foreach name in array array['tm_owner', 'tm_auth', 'tm_search', 'tm_audit', 'tm_work', 'tm_ingest', 'tm_flow', 'tm_relay']
    loop
      if not pg_has_role(name, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
        execute format('grant %I to %I%s', name, current_user,
          case when current_setting('server_version_num')::int >= 160000 and name <> 'tm_owner' then ' with inherit false, set true' end);
      end if;
    end loop;
  end if;
  begin
    grant tm_owner to tm_migrator;
    grant tm_auth, tm_search, tm_audit, tm_work, tm_ingest, tm_flow, tm_relay to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'some role memberships were not granted: %', sqlerrm;
  end;
  -- On its own: from PostgreSQL 16 on a role that is no superuser may not grant pg_monitor, and must not lose the rest.
  begin
    grant pg_monitor to tm_monitor;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'tm_monitor is not a member of pg_monitor: %', sqlerrm;
  end;
  begin
    if not (select rolbypassrls from pg_roles where rolname = 'tm_backup') then
      alter role tm_backup bypassrls;
    end if;
  exception
    when insufficient_privilege or internal_error then
      raise notice 'tm_backup has no BYPASSRLS: %', sqlerrm;
  end;
end
$$;
revoke create on schema public from public;
grant usage, create on schema public to tm_owner;

create extension if not exists btree_gin;

create schema if not exists app authorization tm_owner;

create table if not exists public.migrations (
  id serial primary key,
  "timestamp" bigint not null,
  name varchar not null
);

-- TypeORM may have made the table and named the key after a hash.
do $$
declare
  given text := (select conname from pg_constraint where conrelid = 'public.migrations'::regclass and contype = 'p');
begin
  if given <> 'migrations_pkey' then
    execute format('alter table public.migrations rename constraint %I to migrations_pkey', given);
  end if;
end
$$;
alter table public.migrations owner to tm_owner;

create table public.migration_files (
  name varchar(100) constraint migration_files_pkey primary key,
  checksum varchar(64) not null,
  version varchar(50)
);
comment on table public.migration_files is 'The files of functions as they were last applied: the migrator applies one again when its text has changed.';
comment on column public.migration_files.version is 'That of the build that applied it: an older one leaves it alone.';
alter table public.migration_files owner to tm_owner;

set role tm_owner;

alter default privileges for role tm_owner revoke execute on functions from public;

-- ---------------------------------------------------------------------------------------------------------------
-- Helpers
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/new_id.sql
\ir functions/merge_patch.sql
\ir functions/touch_row.sql
\ir functions/touch_versioned_row.sql
\ir functions/touch_task.sql
\ir functions/touch_workflow_state.sql
\ir functions/note_task_start.sql
\ir functions/text_list.sql
\ir functions/fold_text.sql
\ir functions/grapheme_clusters.sql
\ir functions/search_tokens.sql
\ir functions/search_vector.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Identity
-- ---------------------------------------------------------------------------------------------------------------
create table public.user_roles (
  id uuid constraint user_roles_pkey primary key default app.new_id(),
  role_name varchar(50) not null constraint user_roles_role_name_key unique,
  role_description text,
  permissions jsonb not null default '[]'::jsonb
    constraint user_roles_permissions_check check (jsonb_typeof(permissions) = 'array'),
  permission_list text[] generated always as (app.text_list(permissions)) stored,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.user_roles is 'What a user may do anywhere; membership of teams decides on which rows.';
comment on column public.user_roles.permission_list is 'permissions, taken apart once per role instead of once per statement.';

insert into public.user_roles (role_name, role_description, permissions)
values
  ('admin', 'Full system access', '["*"]'),
  ('developer', 'Task and validation access', '["tasks:read","tasks:write","validations:read","validations:write","errors:read"]'),
  ('viewer', 'Read-only access', '["tasks:read","validations:read","errors:read"]'),
  ('api_client', 'External integration access', '["tasks:read","tasks:write","validations:write"]');

create table public.users (
  id uuid constraint users_pkey primary key default app.new_id(),
  username varchar(100) not null constraint users_username_key unique,
  email varchar(255) not null,
  name varchar(100) not null,
  email_verified boolean not null default false,
  password_hash varchar(255),
  role_id uuid not null constraint users_role_id_fkey references public.user_roles (id),
  is_active boolean not null default true,
  last_login_at timestamptz,
  login_attempts integer not null default 0,
  locked_until timestamptz,
  default_team_id uuid,
  metadata jsonb not null default '{}'::jsonb
    constraint users_metadata_check check (jsonb_typeof(metadata) = 'object'),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.users is 'People and machines that hold credentials. Keys live in api_keys: one hash per user cannot be rotated.';
comment on column public.users.default_team_id is 'The team that is meant when none is named; null: the personal team.';
create unique index users_email_key on public.users (lower(email));
create index users_role_id_idx on public.users (role_id);

create table public.api_keys (
  id uuid constraint api_keys_pkey primary key default app.new_id(),
  user_id uuid not null constraint api_keys_user_id_fkey references public.users (id) on delete cascade,
  name varchar(100) not null,
  prefix varchar(20) not null,
  key_hash bytea not null
    constraint api_keys_key_hash_key unique
    constraint api_keys_key_hash_check check (length(key_hash) = 32),
  scopes jsonb constraint api_keys_scopes_check check (jsonb_typeof(scopes) = 'array'),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  rotated_from uuid constraint api_keys_rotated_from_fkey references public.api_keys (id) on delete set null,
  project_team_id uuid,
  project_key varchar(64),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_keys_project_check check ((project_team_id is null) = (project_key is null))
);
comment on table public.api_keys is 'API keys: SHA-256 of 256 random bits (no slow hash is needed for full entropy), several per user, so one can be rotated while the other still works.';
comment on column public.api_keys.project_key is 'The project that the key is bound to: the one that it means when it names none.';
create index api_keys_user_id_idx on public.api_keys (user_id, created_at desc);
create index api_keys_rotated_from_idx on public.api_keys (rotated_from) where rotated_from is not null;

create table public.sessions (
  id uuid constraint sessions_pkey primary key default app.new_id(),
  user_id uuid not null constraint sessions_user_id_fkey references public.users (id) on delete cascade,
  refresh_hash bytea not null constraint sessions_refresh_hash_key unique,
  previous_refresh_hash bytea constraint sessions_previous_refresh_hash_key unique,
  scopes jsonb constraint sessions_scopes_check check (jsonb_typeof(scopes) = 'array'),
  ip_address inet,
  user_agent text,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.sessions is 'One row per login. A token names its session, so a logout takes effect with the next statement.';
create index sessions_user_id_idx on public.sessions (user_id, created_at desc);
create index sessions_expires_at_idx on public.sessions (expires_at);

create table public.idempotency_keys (
  user_id uuid not null constraint idempotency_keys_user_id_fkey references public.users (id) on delete cascade,
  key varchar(255) not null,
  fingerprint varchar(64) not null,
  status integer,
  headers jsonb,
  body text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '24 hours',
  constraint idempotency_keys_pkey primary key (user_id, key)
);
comment on table public.idempotency_keys is 'The answer of a POST, written in the transaction of its effect, replayed for 24 hours.';
create index idempotency_keys_expires_at_idx on public.idempotency_keys (expires_at);

-- ---------------------------------------------------------------------------------------------------------------
-- Teams (the tenant) and projects
-- ---------------------------------------------------------------------------------------------------------------
create table public.teams (
  id uuid constraint teams_pkey primary key default app.new_id(),
  name varchar(100) not null constraint teams_name_check check (name <> ''),
  description text,
  owner_id uuid not null constraint teams_owner_id_fkey references public.users (id),
  is_personal boolean not null default false,
  metadata jsonb not null default '{}'::jsonb
    constraint teams_metadata_check check (jsonb_typeof(metadata) = 'object'),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.teams is 'The tenant: every row of work belongs to one team and is visible to its members.';
create unique index teams_personal_key on public.teams (owner_id) where is_personal;
create index teams_owner_id_idx on public.teams (owner_id);

create table public.team_members (
  team_id uuid not null constraint team_members_team_id_fkey references public.teams (id) on delete cascade,
  user_id uuid not null constraint team_members_user_id_fkey references public.users (id) on delete cascade,
  role varchar(20) not null default 'member'
    constraint team_members_role_check check (role in ('owner', 'admin', 'member')),
  joined_at timestamptz not null default now(),
  constraint team_members_pkey primary key (team_id, user_id)
);
create index team_members_user_id_idx on public.team_members (user_id) include (team_id, role);

-- A default team that one has left is none.
alter table public.users
  add constraint users_default_team_fkey foreign key (default_team_id, id)
    references public.team_members (team_id, user_id) on delete set null (default_team_id);
create index users_default_team_idx on public.users (default_team_id, id) where default_team_id is not null;

create table public.projects (
  id uuid constraint projects_pkey primary key default app.new_id(),
  team_id uuid not null constraint projects_team_id_fkey references public.teams (id),
  project_key varchar(64) not null
    constraint projects_project_key_check check (project_key ~ '^[A-Za-z0-9][A-Za-z0-9_-]*$'),
  name varchar(255) not null,
  description text,
  settings jsonb not null default '{}'::jsonb
    constraint projects_settings_check check (jsonb_typeof(settings) = 'object'),
  metadata jsonb not null default '{}'::jsonb
    constraint projects_metadata_check check (jsonb_typeof(metadata) = 'object'),
  created_by uuid constraint projects_created_by_fkey references public.users (id) on delete set null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint projects_team_id_project_key_key unique (team_id, project_key)
);
comment on table public.projects is 'A project of a team. Its key is public and never changes; it is unique within the team, so that one tenant cannot learn another''s keys.';
create index projects_created_by_idx on public.projects (created_by) where created_by is not null;

-- A key that is bound to a project ends with the membership of its holder: unbound, it would mean other projects.
alter table public.api_keys
  add constraint api_keys_project_fkey foreign key (project_team_id, project_key)
    references public.projects (team_id, project_key) on delete cascade,
  add constraint api_keys_project_member_fkey foreign key (project_team_id, user_id)
    references public.team_members (team_id, user_id) on delete cascade;
create index api_keys_project_idx on public.api_keys (project_team_id, project_key) where project_team_id is not null;
create index api_keys_project_member_idx on public.api_keys (project_team_id, user_id) where project_team_id is not null;

create table public.task_lists (
  team_id uuid not null,
  project_key varchar(64) not null,
  list varchar(100) not null default 'master'
    constraint task_lists_list_check check (list ~ '^[A-Za-z0-9_-]+$'),
  next_ref integer not null default 1,
  position integer not null default 0,
  metadata jsonb not null default '{}'::jsonb
    constraint task_lists_metadata_check check (jsonb_typeof(metadata) = 'object'),
  source jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_lists_pkey primary key (team_id, project_key, list),
  constraint task_lists_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key) on delete cascade
);
comment on table public.task_lists is 'A list of tasks in a project (what tasks.json calls a tag) and the counter of its public numbers.';

-- ---------------------------------------------------------------------------------------------------------------
-- Tasks
-- ---------------------------------------------------------------------------------------------------------------
create table public.tasks (
  id uuid constraint tasks_pkey primary key default app.new_id(),
  team_id uuid not null constraint tasks_team_id_fkey references public.teams (id),
  project_key varchar(64),
  list varchar(100),
  ref varchar(100) constraint tasks_ref_check check (ref ~ '^\d+(\.\d+)*$'),
  title varchar(500) not null constraint tasks_title_check check (title <> ''),
  description text,
  details text,
  test_strategy text,
  type varchar(50) not null default 'general' constraint tasks_type_check check (type <> ''),
  status varchar(50) not null default 'pending'
    constraint tasks_status_check check (status in ('pending', 'in_progress', 'completed', 'failed', 'cancelled')),
  stage varchar(20),
  priority integer not null default 0 constraint tasks_priority_check check (priority between 0 and 10),
  complexity_score integer not null default 5
    constraint tasks_complexity_score_check check (complexity_score between 1 and 10),
  affected_files jsonb not null default '[]'::jsonb
    constraint tasks_affected_files_check check (jsonb_typeof(affected_files) = 'array'),
  requirements jsonb not null default '[]'::jsonb
    constraint tasks_requirements_check check (jsonb_typeof(requirements) = 'array'),
  acceptance_criteria jsonb not null default '[]'::jsonb
    constraint tasks_acceptance_criteria_check check (jsonb_typeof(acceptance_criteria) = 'array'),
  tags jsonb not null default '[]'::jsonb constraint tasks_tags_check check (jsonb_typeof(tags) = 'array'),
  parent_task_id uuid,
  assignee_id uuid,
  assigned_to varchar(255),
  created_by uuid constraint tasks_created_by_fkey references public.users (id) on delete set null,
  estimated_hours numeric(8, 2) constraint tasks_estimated_hours_check check (estimated_hours >= 0),
  actual_hours numeric(8, 2) constraint tasks_actual_hours_check check (actual_hours >= 0),
  due_date timestamptz,
  remind_at timestamptz,
  recurrence_pattern varchar(20) not null default 'none'
    constraint tasks_recurrence_pattern_check check (recurrence_pattern in ('none', 'daily', 'weekly', 'monthly')),
  recurrence_interval integer not null default 1
    constraint tasks_recurrence_interval_check check (recurrence_interval between 1 and 1000),
  next_occurrence timestamptz,
  metadata jsonb not null default '{}'::jsonb
    constraint tasks_metadata_check check (jsonb_typeof(metadata) = 'object'),
  version integer not null default 1,
  next_child integer not null default 1,
  source jsonb,
  -- Not stemmed: tasks are written in any language, and have names of files and functions in them.
  -- left(): a tsvector holds at most 1 MB, and a long text must not be refused because of its index.
  search tsvector generated always as (
    setweight(app.search_vector(title), 'A')
    || setweight(app.search_vector(left(coalesce(description, ''), 32768)), 'B')
    || setweight(app.search_vector(left(coalesce(details, ''), 32768)), 'C')
  ) stored,
  dependency_count integer not null default 0,
  open_dependencies integer not null default 0,
  ref_path integer[] generated always as (string_to_array(ref, '.')::integer[]) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  deleted_at timestamptz,
  constraint tasks_team_id_id_key unique (team_id, id),
  constraint tasks_team_id_project_key_list_ref_key unique (team_id, project_key, list, ref),
  constraint tasks_project_fkey foreign key (team_id, project_key) references public.projects (team_id, project_key),
  constraint tasks_parent_fkey foreign key (team_id, parent_task_id)
    references public.tasks (team_id, id) on delete set null (parent_task_id),
  constraint tasks_assignee_fkey foreign key (team_id, assignee_id)
    references public.team_members (team_id, user_id) on delete set null (assignee_id),
  constraint tasks_parent_check check (parent_task_id <> id),
  constraint tasks_numbering_check check (
    (project_key is null and list is null and ref is null)
    or (project_key is not null and list is not null and ref is not null)
  ),
  constraint tasks_stage_check check (
    stage is null
    or (stage = 'review' and status = 'in_progress')
    or (stage in ('blocked', 'deferred') and status = 'pending')
  )
);
comment on table public.tasks is 'Tasks. Status keeps five values; stage carries the finer words of other tools. text + check, not enums: equality of enums is not leakproof, so no index would serve it under row-level security.';
comment on column public.tasks.next_child is 'The number that the next subtask gets; numbers are never reused.';
comment on column public.tasks.source is 'What is needed to write an imported task back as it was read. Private.';
comment on column public.tasks.search is 'What q= searches (app.search_vector): title A, description B, details C. Private.';
comment on column public.tasks.dependency_count is 'How many tasks it depends on. Kept by triggers, in statements of their own.';
comment on column public.tasks.open_dependencies is 'How many of them are neither completed nor deleted.';
comment on column public.tasks.ref_path is 'ref as numbers, so that 10 sorts after 9.';
comment on column public.tasks.started_at is 'When the task was in progress for the first time. Kept by a trigger.';

-- Every list index starts with team_id, so that the policy is an index condition, and leaves deleted rows out.
-- Single-column indexes on created_at, updated_at, status and priority would only offer the planner the wrong plan.
create index tasks_team_created_idx on public.tasks (team_id, created_at desc, id desc) where deleted_at is null;
create index tasks_team_status_created_idx on public.tasks (team_id, status, created_at desc, id desc)
  include (priority, estimated_hours) where deleted_at is null;
create index tasks_team_project_status_idx on public.tasks (team_id, project_key, status, created_at desc, id desc)
  where deleted_at is null and project_key is not null;
create index tasks_team_assignee_idx on public.tasks (team_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index tasks_team_assigned_to_idx on public.tasks (team_id, assigned_to) where assigned_to is not null;
create index tasks_team_parent_idx on public.tasks (team_id, parent_task_id) where parent_task_id is not null;
create index tasks_team_due_idx on public.tasks (team_id, due_date) where due_date is not null and deleted_at is null;
create index tasks_team_deleted_idx on public.tasks (team_id, deleted_at desc) where deleted_at is not null;
create index tasks_remind_at_idx on public.tasks (remind_at) where remind_at is not null and deleted_at is null;
create index tasks_created_by_idx on public.tasks (created_by) where created_by is not null;

create table public.task_dependencies (
  team_id uuid not null,
  parent_task_id uuid not null,
  child_task_id uuid not null,
  created_by uuid constraint task_dependencies_created_by_fkey references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint task_dependencies_pkey primary key (team_id, child_task_id, parent_task_id),
  constraint task_dependencies_self_check check (parent_task_id <> child_task_id),
  constraint task_dependencies_parent_fkey foreign key (team_id, parent_task_id)
    references public.tasks (team_id, id) on delete cascade,
  constraint task_dependencies_child_fkey foreign key (team_id, child_task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_dependencies is 'child_task_id depends on parent_task_id: the parent must be completed first.';
create index task_dependencies_parent_idx on public.task_dependencies (team_id, parent_task_id);
create index task_dependencies_created_by_idx on public.task_dependencies (created_by) where created_by is not null;

create table public.task_contexts (
  id uuid constraint task_contexts_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
  context_type varchar(50) not null,
  context_data jsonb not null default '{}'::jsonb,
  created_by uuid constraint task_contexts_created_by_fkey references public.users (id) on delete set null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint task_contexts_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
create index task_contexts_task_idx on public.task_contexts (team_id, task_id, created_at desc);
create index task_contexts_created_by_idx on public.task_contexts (created_by) where created_by is not null;

create table public.workflow_states (
  id uuid constraint workflow_states_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
  workflow_name varchar(100) not null,
  step_name varchar(100) not null,
  state varchar(50) not null default 'pending'
    constraint workflow_states_state_check check (state in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  state_data jsonb not null default '{}'::jsonb,
  started_at timestamptz,
  completed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workflow_states_team_id_id_key unique (team_id, id),
  constraint workflow_states_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
create index workflow_states_task_idx on public.workflow_states (team_id, task_id);

-- ---------------------------------------------------------------------------------------------------------------
-- Audit and the service's own measurements
-- ---------------------------------------------------------------------------------------------------------------
-- Numbers are taken while the rows that were changed are locked, so those of one record are in the order of its changes.
-- No cache: a session that keeps numbers for later would break that.
create sequence public.audit_logs_seq as bigint cache 1;

create table public.audit_logs (
  id uuid not null default app.new_id(),
  -- The moment of the write, not of the start of its transaction: a row is locked when its change is recorded, so the
  -- changes of a record are in the order in which they were made, even when a transaction had to wait for another one.
  occurred_at timestamptz not null default clock_timestamp(),
  team_id uuid,
  user_id uuid,
  table_name varchar(63) not null,
  record_id uuid,
  record_key jsonb,
  operation varchar(10) not null
    constraint audit_logs_operation_check check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  user_agent text,
  session_id uuid,
  request_id varchar(64),
  actor varchar(63),
  reason text,
  xid xid8 default pg_current_xact_id(),
  seq bigint default nextval('public.audit_logs_seq'),
  constraint audit_logs_pkey primary key (occurred_at, id)
) partition by range (occurred_at);
comment on table public.audit_logs is 'Who changed what, when and from where. Append-only for every role but the owner; partitioned by month so that retention drops a partition.';

create table public.audit_logs_default partition of public.audit_logs default;
comment on column public.audit_logs.id is 'The unique id of the event.';
comment on column public.audit_logs.record_id is 'The record, where its key is one UUID.';
comment on column public.audit_logs.record_key is 'The columns of the key by name, where it is not one UUID.';
comment on column public.audit_logs.actor is 'The database role that wrote.';
comment on column public.audit_logs.reason is 'Why background work ran.';
comment on column public.audit_logs.old_values is 'UPDATE: what changed, as it was. DELETE: the whole row.';
comment on column public.audit_logs.new_values is 'INSERT and UPDATE: the whole row.';
comment on column public.audit_logs.session_id is 'The credential: a row of sessions or api_keys.';
comment on column public.audit_logs.xid is 'The transaction that wrote; tells the relay when it has committed.';
comment on column public.audit_logs.seq is 'The order of the writes; of one record, the order of its changes.';
create index audit_logs_team_idx on public.audit_logs (team_id, occurred_at desc);
create index audit_logs_record_idx on public.audit_logs (record_id, occurred_at desc);
create index audit_logs_user_idx on public.audit_logs (user_id, occurred_at desc);
create index audit_logs_request_idx on public.audit_logs (request_id) where request_id is not null;
create index audit_logs_xid_idx on public.audit_logs (xid) where xid is not null;

create table public.performance_metrics (
  id uuid constraint performance_metrics_pkey primary key default app.new_id(),
  metric_name varchar(100) not null,
  metric_value double precision not null,
  metric_unit varchar(20),
  labels jsonb not null default '{}'::jsonb,
  recorded_at timestamptz not null default now(),
  instance varchar(255) not null default '',
  resolution varchar(10) not null default 'raw'
    constraint performance_metrics_resolution_check check (resolution in ('raw', 'hour', 'day')),
  samples integer not null default 1 constraint performance_metrics_samples_check check (samples > 0),
  metric_min double precision,
  metric_max double precision,
  -- Sums are kept as numeric, so that means stay exact however often they are summed up.
  metric_sum numeric,
  constraint performance_metrics_summary_check check (
    resolution = 'raw' or (metric_min is not null and metric_max is not null and metric_sum is not null))
);
comment on column public.performance_metrics.metric_value is 'What was measured; of an hour or a day the mean.';
comment on column public.performance_metrics.recorded_at is 'When it was measured; of an hour or a day its start, in UTC.';
comment on column public.performance_metrics.instance is 'The instance of the service that measured itself.';
create index performance_metrics_name_idx on public.performance_metrics (metric_name, recorded_at desc);
create index performance_metrics_resolution_idx on public.performance_metrics (resolution, recorded_at);

-- ---------------------------------------------------------------------------------------------------------------
-- Triggers and the view
-- ---------------------------------------------------------------------------------------------------------------
create trigger user_roles_touch before update on public.user_roles for each row execute function app.touch_row();
create trigger users_touch before update on public.users for each row execute function app.touch_versioned_row();
create trigger api_keys_touch before update on public.api_keys for each row execute function app.touch_row();
create trigger sessions_touch before update on public.sessions for each row execute function app.touch_row();
create trigger teams_touch before update on public.teams for each row execute function app.touch_versioned_row();
create trigger projects_touch before update on public.projects for each row execute function app.touch_versioned_row();
create trigger task_lists_touch before update on public.task_lists for each row execute function app.touch_row();
create trigger tasks_touch before insert or update on public.tasks for each row execute function app.touch_task();

-- Its name comes after tasks_touch, which sets updated_at.
create trigger tasks_touch_started before insert or update on public.tasks
  for each row
  when (new.status = 'in_progress' and new.started_at is null)
  execute function app.note_task_start();
create trigger task_contexts_touch before update on public.task_contexts
  for each row execute function app.touch_versioned_row();
create trigger workflow_states_touch before insert or update on public.workflow_states
  for each row execute function app.touch_workflow_state();

\ir functions/active_tasks.sql

insert into public.migrations ("timestamp", name)
select 1800000000001, 'InitialSchema1800000000001'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'InitialSchema1800000000001');

reset role;
