-- 014: errors as groups of occurrences: fingerprints, counts, resolution, regression, merge, retention.
-- tm_ingest owns the functions of those who may write and not read. INSERT ... ON CONFLICT and RETURNING need the SELECT
-- policy, which a blind writer must not have.
set lock_timeout = '5s';
set role tm_owner;

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
create index error_resolutions_resolved_idx on public.error_resolutions (team_id, changed_at) where to_status = 'resolved';
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
create policy workflow_states_ingest_select_policy on public.workflow_states for select to tm_ingest using (true);
grant select (id, name) on public.teams to tm_ingest;
grant select (id, deleted_at) on public.projects to tm_ingest;
grant select (id, team_id) on public.workflow_states to tm_ingest;

-- ---------------------------------------------------------------------------------------------------------------
-- Releases
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/release_key.sql
\ir functions/is_older_release.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Recording
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/place_errors.sql
\ir functions/record_errors.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Status
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/note_error_status.sql

create trigger error_logs_status after update of resolution_status on public.error_logs
  for each row when (old.resolution_status is distinct from new.resolution_status)
  execute function app.note_error_status();

\ir functions/expire_error_ignores.sql
\ir functions/merge_errors.sql
\ir functions/prune_errors.sql

grant execute on function
  app.release_key(text), app.is_older_release(uuid, text, text, text, text, timestamptz), app.place_errors(jsonb)
  to tm_ingest;
grant execute on function app.record_errors(jsonb), app.merge_errors(uuid, uuid, integer) to tm_app_rw, tm_admin;
grant execute on function app.expire_error_ignores(), app.prune_errors(integer, integer, integer) to tm_background;
grant create on schema app to tm_ingest;
alter function app.record_errors(jsonb) owner to tm_ingest;
alter function app.merge_errors(uuid, uuid, integer) owner to tm_ingest;
alter function app.prune_errors(integer, integer, integer) owner to tm_ingest;
alter function app.note_error_status() owner to tm_ingest;
alter function app.expire_error_ignores() owner to tm_ingest;
revoke create on schema app from tm_ingest;

insert into public.migrations ("timestamp", name)
select 1800000000014, 'Errors1800000000014'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Errors1800000000014');

reset role;
