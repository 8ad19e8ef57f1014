-- 002: validation results and error logs.
set lock_timeout = '5s';
set role tm_owner;

create table public.validation_results (
  id uuid constraint validation_results_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
  project_key varchar(64),
  external_id varchar(255)
    constraint validation_results_external_id_check check (external_id <> ''),
  tool_name varchar(255),
  commit_sha varchar(64)
    constraint validation_results_commit_sha_check check (commit_sha ~ '^[0-9a-f]{7,64}$'),
  branch varchar(255),
  details_url varchar(2048),
  validation_type varchar(50) not null
    constraint validation_results_validation_type_check check (validation_type in (
      'syntax', 'security', 'performance', 'style', 'testing',
      'integration', 'deployment', 'compliance', 'documentation')),
  validation_status varchar(50) not null default 'queued'
    constraint validation_results_validation_status_check check (validation_status in (
      'queued', 'running', 'passed', 'failed', 'warning', 'error', 'skipped', 'cancelled', 'timed_out')),
  validation_score numeric(5, 2)
    constraint validation_results_validation_score_check check (validation_score between 0 and 100),
  validation_data jsonb not null default '{}'::jsonb,
  claude_code_version varchar(50),
  validation_environment jsonb not null default '{}'::jsonb,
  started_at timestamptz default now(),
  completed_at timestamptz,
  execution_time_ms integer
    constraint validation_results_execution_time_ms_check check (execution_time_ms >= 0),
  error_message text,
  error_details jsonb,
  retry_count integer not null default 0
    constraint validation_results_retry_count_check check (retry_count >= 0),
  attempt integer generated always as (retry_count + 1) stored,
  finding_counts jsonb,
  recorded_at timestamptz default now(),
  metadata jsonb not null default '{}'::jsonb,
  created_by uuid constraint validation_results_created_by_fkey references public.users (id) on delete set null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint validation_results_team_id_id_key unique (team_id, id),
  constraint validation_results_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on column public.validation_results.project_key is 'That of the task, kept here for lists and series by project.';
comment on column public.validation_results.external_id is 'What the caller calls this result: the same one is recorded once per task and type.';
comment on column public.validation_results.tool_name is 'Who found it; findings are compared with those of the same tool.';
comment on column public.validation_results.finding_counts is 'Findings by state and severity; null when none were reported. Bookkeeping.';
comment on column public.validation_results.recorded_at is
  'The results of a type with the latest of these times are the ones that a gate judges; null: never again. Bookkeeping.';
create index validation_results_task_idx on public.validation_results (team_id, task_id, created_at desc);
create index validation_results_team_created_idx on public.validation_results (team_id, created_at desc, id desc);
create index validation_results_team_type_idx
  on public.validation_results (team_id, validation_type, validation_status, created_at desc);
create unique index validation_results_external_key
  on public.validation_results (team_id, task_id, validation_type, external_id) where external_id is not null;
create index validation_results_latest_idx
  on public.validation_results (team_id, task_id, validation_type, recorded_at desc) where recorded_at is not null;
create index validation_results_team_project_idx
  on public.validation_results (team_id, project_key, created_at desc, id desc) where project_key is not null;
create index validation_results_team_commit_idx
  on public.validation_results (team_id, commit_sha, created_at desc, id desc) where commit_sha is not null;
create index validation_results_created_by_idx on public.validation_results (created_by) where created_by is not null;

create table public.error_logs (
  id uuid constraint error_logs_pkey primary key default app.new_id(),
  team_id uuid not null constraint error_logs_team_id_fkey references public.teams (id),
  project_key varchar(64),
  task_id uuid,
  validation_result_id uuid,
  workflow_state_id uuid,
  title varchar(500),
  fingerprint varchar(64) not null,
  fingerprint_version smallint not null default 0,
  fingerprint_source varchar(10) not null default 'none'
    constraint error_logs_fingerprint_source_check check (fingerprint_source in ('none', 'explicit', 'stack', 'message')),
  error_code varchar(50) not null,
  error_category varchar(50) not null,
  error_severity varchar(20) not null
    constraint error_logs_error_severity_check check (error_severity in ('debug', 'info', 'warning', 'error', 'critical')),
  error_message text not null,
  error_details jsonb not null default '{}'::jsonb,
  stack_trace text,
  context_data jsonb not null default '{}'::jsonb,
  resolution_status varchar(50) not null default 'unresolved'
    constraint error_logs_resolution_status_check check (resolution_status in (
      'unresolved', 'in_progress', 'resolved', 'ignored', 'wont_fix', 'regressed')),
  resolution_notes text,
  resolved_at timestamptz,
  resolved_by varchar(255),
  resolved_in_version varchar(50),
  resolved_in_next_release boolean not null default false,
  ignored_until timestamptz,
  ignored_until_count integer,
  ignored_until_users integer,
  assignee_id uuid,
  merged_into uuid,
  occurrence_count integer not null default 1
    constraint error_logs_occurrence_count_check check (occurrence_count >= case when merged_into is null then 1 else 0 end),
  users_affected integer not null default 0
    constraint error_logs_users_affected_check check (users_affected >= 0),
  first_occurred_at timestamptz not null default now(),
  last_occurred_at timestamptz not null default now(),
  user_id varchar(255),
  session_id varchar(255),
  ip_address inet,
  user_agent text,
  environment varchar(50) not null default 'production',
  service_name varchar(100),
  service_version varchar(50),
  first_service_version varchar(50),
  metadata jsonb not null default '{}'::jsonb,
  search tsvector generated always as (
    setweight(app.search_vector(error_code || ' ' || coalesce(title, '')), 'A')
    || setweight(app.search_vector(left(error_message, 32768)), 'B')
  ) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint error_logs_team_id_id_key unique (team_id, id),
  constraint error_logs_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key),
  constraint error_logs_assignee_fkey foreign key (team_id, assignee_id)
    references public.team_members (team_id, user_id) on delete set null (assignee_id),
  constraint error_logs_merged_into_fkey foreign key (team_id, merged_into)
    references public.error_logs (team_id, id) on delete cascade,
  constraint error_logs_merged_into_check check (merged_into <> id),
  constraint error_logs_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete set null (task_id),
  constraint error_logs_validation_result_fkey foreign key (team_id, validation_result_id)
    references public.validation_results (team_id, id) on delete set null (validation_result_id),
  constraint error_logs_workflow_state_fkey foreign key (team_id, workflow_state_id)
    references public.workflow_states (team_id, id) on delete set null (workflow_state_id)
);
comment on column public.error_logs.fingerprint is 'What makes two occurrences the same error, within team, project and environment.';
comment on column public.error_logs.fingerprint_version is 'Version of the rules that made it; 0 when no rules did.';
comment on column public.error_logs.service_version is 'The newest release in which it occurred.';
comment on column public.error_logs.resolved_in_version is 'The release it is resolved in; occurrences in older ones are no regression.';
comment on column public.error_logs.resolved_in_next_release is 'Resolved in whatever is newer than resolved_in_version.';
comment on column public.error_logs.ignored_until_count is 'It is ignored until it has occurred so often in all.';
comment on column public.error_logs.ignored_until_users is 'It is ignored until so many users were affected in all.';
comment on column public.error_logs.merged_into is 'The error that its occurrences were moved to, and that later ones go to. Its own count is 0, so that sums stay right.';
comment on column public.error_logs.search is 'What q= searches: code and title A, message B. Private.';
create index error_logs_team_last_idx on public.error_logs (team_id, last_occurred_at desc, id desc);
create index error_logs_team_status_idx on public.error_logs (team_id, resolution_status, last_occurred_at desc);
create index error_logs_task_idx on public.error_logs (team_id, task_id) where task_id is not null;
create index error_logs_validation_result_idx
  on public.error_logs (team_id, validation_result_id) where validation_result_id is not null;
create index error_logs_workflow_state_idx
  on public.error_logs (team_id, workflow_state_id) where workflow_state_id is not null;

-- PostgreSQL 15 is the oldest served, but a nullable key in ON CONFLICT reads better as the empty key than as a clause.
create unique index error_logs_fingerprint_key
  on public.error_logs (team_id, coalesce(project_key, ''), environment, fingerprint);
create index error_logs_project_idx on public.error_logs (team_id, project_key, last_occurred_at desc)
  where project_key is not null;
create index error_logs_assignee_idx on public.error_logs (team_id, assignee_id) where assignee_id is not null;
create index error_logs_merged_into_idx on public.error_logs (team_id, merged_into) where merged_into is not null;
create index error_logs_ignored_until_idx on public.error_logs (ignored_until) where ignored_until is not null;
create index error_logs_team_first_idx on public.error_logs (team_id, first_occurred_at);

\ir functions/touch_error.sql

create trigger error_logs_touch before insert or update on public.error_logs
  for each row execute function app.touch_error();

insert into public.migrations ("timestamp", name)
select 1800000000002, 'ValidationAndErrorTables1800000000002'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ValidationAndErrorTables1800000000002');

reset role;
