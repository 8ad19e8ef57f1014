-- 020: webhooks: events of a team, sent to an address.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/webhook_team_ids.sql

grant execute on function app.webhook_team_ids(text) to tm_app_rw, tm_app_ro, tm_admin;

\ir functions/rights_in_teams.sql

grant execute on function app.rights_in_teams(uuid[], uuid[]) to tm_background;
alter function app.rights_in_teams(uuid[], uuid[]) owner to tm_auth;

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

\ir functions/touch_webhook.sql

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

\ir functions/webhook_lane.sql
\ir functions/event_type_matches.sql

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

insert into public.migrations ("timestamp", name)
select 1800000000020, 'Webhooks1800000000020'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Webhooks1800000000020');

reset role;
