-- 011: validation results with transitions and attempts.
-- Who may write validations need not be able to read them (api_client), and INSERT … ON CONFLICT and RETURNING ask the
-- policies for reading. So everything is written by functions of tm_ingest, which ask for team and permission themselves
-- and answer an id, a version and a status (docs/decisions/0010-validations.md).
-- Nobody is a member of tm_ingest.
set lock_timeout = '5s';
set role tm_owner;

grant execute on function
  app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.system_reason(), app.new_id(),
  app.merge_patch(jsonb, jsonb)
  to tm_ingest;

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
select app.protect_team_table('public.validation_attempts', 'validations:read', 'validations:write');
select app.audit_table('public.validation_attempts');

-- ---------------------------------------------------------------------------------------------------------------
-- Rules that hold whichever path writes
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/validation_has_ended.sql
\ir functions/touch_validation.sql
\ir functions/outdate_validations.sql

create trigger validation_results_touch before insert or update on public.validation_results
  for each row execute function app.touch_validation();
create trigger validation_results_outdate after delete on public.validation_results
  for each row execute function app.outdate_validations();

-- ---------------------------------------------------------------------------------------------------------------
-- Writing without reading
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/latest_validations.sql
\ir functions/writable_validation.sql
\ir functions/begin_import.sql
\ir functions/record_validation.sql
\ir functions/change_validation.sql
\ir functions/retry_validation.sql

grant execute on function app.latest_validations(uuid, uuid, text), app.validation_has_ended(text) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_ingest;
create policy tasks_ingest_select_policy on public.tasks for select to tm_ingest using (true);
create policy projects_ingest_select_policy on public.projects for select to tm_ingest using (true);
create policy validation_results_ingest_select_policy on public.validation_results for select to tm_ingest using (true);
create policy validation_results_ingest_insert_policy on public.validation_results for insert to tm_ingest with check (true);
create policy validation_results_ingest_update_policy on public.validation_results for update to tm_ingest using (true) with check (true);
create policy validation_attempts_ingest_insert_policy on public.validation_attempts for insert to tm_ingest with check (true);
grant select (id, team_id, project_key, deleted_at) on public.tasks to tm_ingest;
grant select (team_id, project_key, settings) on public.projects to tm_ingest;
grant select, insert, update on public.validation_results to tm_ingest;
grant insert on public.validation_attempts to tm_ingest;
grant execute on function
  app.begin_import(uuid, text, jsonb),
  app.record_validation(jsonb), app.change_validation(uuid, integer, jsonb, jsonb), app.retry_validation(uuid, integer)
  to tm_app_rw, tm_admin;
grant create on schema app to tm_ingest;
alter function app.touch_validation() owner to tm_ingest;
alter function app.outdate_validations() owner to tm_ingest;
alter function app.begin_import(uuid, text, jsonb) owner to tm_ingest;
alter function app.writable_validation(uuid) owner to tm_ingest;
alter function app.record_validation(jsonb) owner to tm_ingest;
alter function app.change_validation(uuid, integer, jsonb, jsonb) owner to tm_ingest;
alter function app.retry_validation(uuid, integer) owner to tm_ingest;
revoke create on schema app from tm_ingest;

insert into public.migrations ("timestamp", name)
select 1800000000011, 'ValidationResults1800000000011'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ValidationResults1800000000011');

reset role;
