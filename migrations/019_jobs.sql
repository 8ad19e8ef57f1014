-- 019: the queue of jobs.
-- The objects of the job library (graphile-worker 0.18, schema revision 20) are made here and not by its own migrator: a
-- database that went through psql has them too, they belong to tm_owner, and row-level security is forced on them
-- (docs/decisions/0014-webhooks.md). test/db/jobs.test.ts compares them with those that the library would make.
-- Portions copyright (c) 2018 Benjie Gillam and contributors to graphile-worker, MIT licence.
set lock_timeout = '5s';
create schema graphile_worker authorization tm_owner;
set role tm_owner;

grant usage on schema graphile_worker to tm_background, tm_backup;

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

\ir functions/jobs.sql

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

\ir functions/add_job.sql
\ir functions/add_jobs.sql
\ir functions/complete_jobs.sql
\ir functions/force_unlock_workers.sql
\ir functions/permanently_fail_jobs.sql
\ir functions/remove_job.sql
\ir functions/reschedule_jobs.sql

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

insert into public.migrations ("timestamp", name)
select 1800000000019, 'Jobs1800000000019'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Jobs1800000000019');

reset role;
