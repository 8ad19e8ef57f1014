-- 002: validation results and error logs.
set lock_timeout = '5s';
set role tm_owner;

create table public.validation_results (
  id uuid constraint validation_results_pkey primary key default app.new_id(),
  team_id uuid not null,
  task_id uuid not null,
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
  metadata jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint validation_results_team_id_id_key unique (team_id, id),
  constraint validation_results_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
create index validation_results_task_idx on public.validation_results (team_id, task_id, created_at desc);
create index validation_results_team_created_idx on public.validation_results (team_id, created_at desc, id desc);
create index validation_results_team_type_idx
  on public.validation_results (team_id, validation_type, validation_status, created_at desc);

create table public.error_logs (
  id uuid constraint error_logs_pkey primary key default app.new_id(),
  team_id uuid not null constraint error_logs_team_id_fkey references public.teams (id),
  task_id uuid,
  validation_result_id uuid,
  workflow_state_id uuid,
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
  occurrence_count integer not null default 1
    constraint error_logs_occurrence_count_check check (occurrence_count >= 1),
  first_occurred_at timestamptz not null default now(),
  last_occurred_at timestamptz not null default now(),
  user_id varchar(255),
  session_id varchar(255),
  ip_address inet,
  user_agent text,
  environment varchar(50) not null default 'production',
  service_name varchar(100),
  service_version varchar(50),
  metadata jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint error_logs_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete set null (task_id),
  constraint error_logs_validation_result_fkey foreign key (team_id, validation_result_id)
    references public.validation_results (team_id, id) on delete set null (validation_result_id),
  constraint error_logs_workflow_state_fkey foreign key (team_id, workflow_state_id)
    references public.workflow_states (team_id, id) on delete set null (workflow_state_id)
);
create index error_logs_team_last_idx on public.error_logs (team_id, last_occurred_at desc, id desc);
create index error_logs_team_status_idx on public.error_logs (team_id, resolution_status, last_occurred_at desc);
create index error_logs_task_idx on public.error_logs (team_id, task_id) where task_id is not null;
create index error_logs_validation_result_idx
  on public.error_logs (team_id, validation_result_id) where validation_result_id is not null;
create index error_logs_workflow_state_idx
  on public.error_logs (team_id, workflow_state_id) where workflow_state_id is not null;

create trigger validation_results_touch before update on public.validation_results
  for each row execute function app.touch_versioned_row();
create trigger error_logs_touch before update on public.error_logs
  for each row execute function app.touch_versioned_row();

insert into public.migrations ("timestamp", name)
select 1700000000002, 'ValidationAndErrorTables1700000000002'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ValidationAndErrorTables1700000000002');

reset role;
