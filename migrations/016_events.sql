-- 016: the stream of events. The audit trail is the outbox: one relay publishes what its transactions have committed, in
-- one order without gaps, as CloudEvents (docs/decisions/0013-events.md).
set lock_timeout = '5s';
set role tm_owner;

grant select on sequence public.audit_logs_seq to tm_relay;

-- ---------------------------------------------------------------------------------------------------------------
-- Tables
-- ---------------------------------------------------------------------------------------------------------------
create table public.events (
  position bigint constraint events_pkey primary key,
  event_id uuid not null,
  team_id uuid,
  type text not null,
  needs text not null,
  project_id uuid,
  project_key text,
  record_id uuid not null,
  task_id uuid,
  occurred_at timestamptz not null,
  published_at timestamptz not null,
  body text not null
);
comment on table public.events is 'What happened, in the order in which everybody sees it. Written by the relay alone and dropped after some days.';
comment on column public.events.position is 'Without gaps, and rising with published_at.';
comment on column public.events.needs is 'The permission that reading it takes.';
comment on column public.events.body is 'The CloudEvent, as JSON.';
create index events_team_position_idx on public.events (team_id, position);

create table public.event_relay (
  id boolean constraint event_relay_pkey primary key default true constraint event_relay_id_check check (id),
  position bigint not null default 0,
  published_at timestamptz not null default '-infinity',
  snapshot pg_snapshot not null,
  target pg_snapshot,
  target_seq bigint,
  system_identifier bigint not null,
  floor_seq bigint not null default 0,
  trimmed bigint not null default 0,
  trimmed_at timestamptz not null default '-infinity',
  constraint event_relay_target_check check ((target is null) = (target_seq is null))
);
comment on table public.event_relay is 'Where the relay is: its only state, so that any instance can go on at any time.';
comment on column public.event_relay.position is 'The last position that was given.';
comment on column public.event_relay.snapshot is 'What it sees as finished is published.';
comment on column public.event_relay.target is 'While a large batch is published in parts: the snapshot of the batch. target_seq is how far it has got.';
comment on column public.event_relay.system_identifier is 'The cluster that the numbers of transactions belong to.';
comment on column public.event_relay.floor_seq is 'Rows up to here came with a dump from another cluster.';
comment on column public.event_relay.trimmed is 'Events up to here are gone.';

-- The first state: whatever the trail holds by now counts as published.
alter table public.event_relay no force row level security;

insert into public.event_relay (snapshot, system_identifier)
select pg_current_snapshot(), c.system_identifier
from pg_control_system() c;
alter table public.event_relay force row level security;

create table public.task_due_notices (
  team_id uuid not null,
  task_id uuid not null,
  due_date timestamptz not null,
  constraint task_due_notices_pkey primary key (team_id, task_id),
  constraint task_due_notices_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_due_notices is 'The due date that was last told of a task, so that each is told once. What is written here becomes task.due_soon.';

do $$
declare
  name text;
begin
  foreach name in array array['events', 'event_relay', 'task_due_notices']
  loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('create policy %I on public.%I for all to tm_relay using (true) with check (true)',
      name || '_relay_policy', name);
  end loop;
  foreach name in array array['audit_logs', 'tasks', 'projects', 'teams']
  loop
    execute format('create policy %I on public.%I for select to tm_relay using (true)', name || '_relay_select_policy', name);
  end loop;
end
$$;
grant select, insert, delete on public.events to tm_relay;
grant select, insert, update on public.event_relay to tm_relay;
grant select, insert, update on public.task_due_notices to tm_relay;
grant select on public.audit_logs, public.tasks to tm_relay;
grant select (id, team_id, project_key) on public.projects to tm_relay;
grant select (id, owner_id, is_personal) on public.teams to tm_relay;
select app.audit_table('public.task_due_notices');

-- ---------------------------------------------------------------------------------------------------------------
-- Reading
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/event_permissions.sql

grant execute on function app.event_permissions() to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
create policy events_select_policy on public.events for select to tm_app_rw, tm_app_ro, tm_analytics
  using (
    team_id = any((select app.current_team_ids())::uuid[])
    and needs = any((select app.event_permissions())::text[]));
create policy events_admin_select_policy on public.events for select to tm_admin
  using ((select app.is_admin()) and needs = any((select app.event_permissions())::text[]));
create policy events_background_select_policy on public.events for select to tm_background
  using ((select app.system_reason()) is not null);
grant select on public.events to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_background;

\ir functions/event_bounds.sql
\ir functions/event_position.sql

grant execute on function app.event_bounds(), app.event_position(timestamptz) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_background;
grant create on schema app to tm_relay;
alter function app.event_bounds() owner to tm_relay;
alter function app.event_position(timestamptz) owner to tm_relay;
revoke create on schema app from tm_relay;

insert into public.migrations ("timestamp", name)
select 1800000000016, 'Events1800000000016'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Events1800000000016');

reset role;
