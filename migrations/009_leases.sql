-- 009: leases: who works on what, until when.
set lock_timeout = '5s';
set role tm_owner;

create table public.task_leases (
  team_id uuid not null,
  task_id uuid not null,
  holder_id uuid constraint task_leases_holder_id_fkey references public.users (id) on delete set null,
  credential_id uuid,
  fence bigint not null default 1 constraint task_leases_fence_check check (fence >= 1),
  lease_seconds integer not null default 300
    constraint task_leases_lease_seconds_check check (lease_seconds between 1 and 86400),
  gave_assignee boolean not null default false,
  claimed_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  constraint task_leases_pkey primary key (team_id, task_id),
  constraint task_leases_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_leases is
  'The last claim of a task. The row stays when the lease has ended, so that the fence of the next claim is higher. Whoever locks a lease has locked its task before.';
comment on column public.task_leases.fence is 'Rises with every claim of the task. A write that names an older one is refused.';
comment on column public.task_leases.gave_assignee is 'The claim has assigned the task, so its end takes the assignee away again.';
create index task_leases_holder_id_idx on public.task_leases (holder_id) where holder_id is not null;

-- By time first: the look for expired leases, twice a second and with every claim, reads what has expired and nothing else.
create index task_leases_expiry_idx on public.task_leases (expires_at, team_id) where ended_at is null;
select app.protect_team_table('public.task_leases', 'tasks:read', 'tasks:write');
select app.audit_table('public.task_leases', '{}', '{heartbeat_at,expires_at,lease_seconds}');

\ir functions/end_lease.sql
\ir functions/give_back.sql
\ir functions/return_expired_tasks.sql
\ir functions/hold_lease.sql
\ir functions/extend_lease.sql
\ir functions/release_lease.sql

create policy task_leases_work_select_policy on public.task_leases for select to tm_work using (true);
create policy task_leases_work_update_policy on public.task_leases for update to tm_work using (true) with check (true);
grant select, update on public.task_leases to tm_work;
grant execute on function app.hold_lease(uuid, bigint), app.extend_lease(uuid, bigint, integer), app.release_lease(uuid, bigint)
  to tm_app_rw, tm_admin;
grant execute on function app.give_back(uuid, uuid, boolean) to tm_app_rw, tm_admin, tm_work;
grant execute on function app.return_expired_tasks() to tm_app_rw, tm_admin, tm_background;
create trigger tasks_lease_ends after update of status, deleted_at on public.tasks
  for each row
  when (old.status = 'in_progress' and (new.status <> 'in_progress' or (new.deleted_at is not null and old.deleted_at is null)))
  execute function app.end_lease();
grant create on schema app to tm_work;
alter function app.end_lease() owner to tm_work;
alter function app.return_expired_tasks() owner to tm_work;
revoke create on schema app from tm_work;

insert into public.migrations ("timestamp", name)
select 1800000000009, 'Leases1800000000009'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Leases1800000000009');

reset role;
