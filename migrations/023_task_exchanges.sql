-- 023: what was last exchanged with each copy of a tasks.json file, which an import compares with.
set lock_timeout = '5s';
set role tm_owner;

create table public.task_exchanges (
  id uuid constraint task_exchanges_pkey primary key default app.new_id(),
  team_id uuid not null,
  project_key varchar(64) not null,
  list varchar(100) not null constraint task_exchanges_list_check check (list ~ '^[A-Za-z0-9_-]+$'),
  source varchar(200) not null constraint task_exchanges_source_check check (source <> ''),
  direction varchar(6) not null constraint task_exchanges_direction_check check (direction in ('import', 'export')),
  digest varchar(43) not null,
  tasks jsonb not null constraint task_exchanges_tasks_check check (jsonb_typeof(tasks) = 'object'),
  exchanged_at timestamptz not null default clock_timestamp(),
  constraint task_exchanges_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key) on delete cascade,
  constraint task_exchanges_state_key unique (team_id, project_key, list, source, direction, digest)
);
comment on table public.task_exchanges is 'The states of a list that were exchanged with a copy of its tasks.json file. An import is merged against the one that the file descends from.';
comment on column public.task_exchanges.source is 'The copy of the file: what the caller calls it, or the caller.';
comment on column public.task_exchanges.direction is 'After an import the file is known to have this state; after an export it may have it.';
comment on column public.task_exchanges.digest is 'Tells a state from another, so that none is kept twice.';
comment on column public.task_exchanges.tasks is 'By reference: a fingerprint of each part of the task, and its dependencies and tags by name.';
comment on column public.task_exchanges.exchanged_at is 'When this state was last exchanged.';

select app.protect_team_table('public.task_exchanges', 'tasks:read', 'tasks:write');
select app.audit_table('public.task_exchanges', '{tasks}', '{exchanged_at}');

insert into public.migrations ("timestamp", name)
select 1800000000023, 'TaskExchanges1800000000023'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'TaskExchanges1800000000023');

reset role;
