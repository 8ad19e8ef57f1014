-- 034: ingest keys: keys of a project that report errors and validations, and nothing else.
set lock_timeout = '5s';
set role tm_owner;

create table public.ingest_keys (
  id uuid constraint ingest_keys_pkey primary key default app.new_id(),
  team_id uuid not null constraint ingest_keys_team_id_fkey references public.teams (id) on delete cascade,
  project_key varchar(64) not null,
  name varchar(100) not null constraint ingest_keys_name_check check (name ~ '\S'),
  prefix varchar(20) not null,
  key_hash bytea not null
    constraint ingest_keys_key_hash_key unique
    constraint ingest_keys_key_hash_check check (length(key_hash) = 32),
  allowed_origins jsonb not null default '[]'::jsonb
    constraint ingest_keys_allowed_origins_check check (jsonb_typeof(allowed_origins) = 'array'),
  requests_per_minute integer
    constraint ingest_keys_requests_per_minute_check check (requests_per_minute > 0),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_by uuid constraint ingest_keys_created_by_fkey references public.users (id) on delete set null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ingest_keys_project_fkey foreign key (team_id, project_key)
    references public.projects (team_id, project_key) on delete cascade
);
comment on table public.ingest_keys is
  'Keys that clients ship with: each reports errors and validations of one project and acts as no user, so it outlives the one who made it.';
comment on column public.ingest_keys.allowed_origins is 'Pages that may use it; an empty list means everybody.';
create index ingest_keys_project_idx on public.ingest_keys (team_id, project_key, created_at desc, id desc);
create index ingest_keys_created_by_idx on public.ingest_keys (created_by) where created_by is not null;

create trigger ingest_keys_touch before update of name, allowed_origins, requests_per_minute, expires_at, revoked_at
  on public.ingest_keys
  for each row execute function app.touch_versioned_row();
create trigger ingest_keys_revoked before update of revoked_at on public.ingest_keys
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function app.keep_revoked();

-- Those who manage the team manage its keys, with a credential that is not narrowed. Nobody reads a hash.
alter table public.ingest_keys enable row level security;
alter table public.ingest_keys force row level security;
create policy ingest_keys_select_policy on public.ingest_keys for select to tm_app_rw, tm_app_ro
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:read')));
create policy ingest_keys_insert_policy on public.ingest_keys for insert to tm_app_rw
  with check (
    team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write'))
    and not (select app.is_narrowed()));
create policy ingest_keys_update_policy on public.ingest_keys for update to tm_app_rw
  using (
    team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write'))
    and not (select app.is_narrowed()))
  with check (
    team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write'))
    and not (select app.is_narrowed()));
create policy ingest_keys_admin_select_policy on public.ingest_keys for select to tm_admin
  using ((select app.admin_may('tasks:read')));
create policy ingest_keys_admin_insert_policy on public.ingest_keys for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy ingest_keys_admin_update_policy on public.ingest_keys for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
create policy ingest_keys_auth_select_policy on public.ingest_keys for select to tm_auth using (true);
create policy ingest_keys_background_select_policy on public.ingest_keys for select to tm_background
  using ((select app.system_reason()) is not null);
create policy ingest_keys_background_update_policy on public.ingest_keys for update to tm_background
  using ((select app.system_reason()) is not null) with check ((select app.system_reason()) is not null);
grant select (id, team_id, project_key, name, prefix, allowed_origins, requests_per_minute, expires_at, last_used_at, revoked_at,
  created_by, version, created_at, updated_at)
  on public.ingest_keys to tm_app_rw, tm_app_ro, tm_admin;
grant insert (team_id, project_key, name, prefix, key_hash, allowed_origins, requests_per_minute, expires_at, created_by)
  on public.ingest_keys to tm_app_rw, tm_admin;
grant update (name, allowed_origins, requests_per_minute, expires_at, revoked_at)
  on public.ingest_keys to tm_app_rw, tm_admin;
grant select (id, last_used_at) on public.ingest_keys to tm_background;
grant update (last_used_at) on public.ingest_keys to tm_background;
grant select on public.ingest_keys to tm_auth;
select app.audit_table('public.ingest_keys', '{key_hash}', '{last_used_at}');

-- Whether the project of a key is still there.
create policy projects_auth_select_policy on public.projects for select to tm_auth using (true);
grant select (team_id, project_key, deleted_at) on public.projects to tm_auth;

\ir functions/ingest_project.sql
\ir functions/may_report.sql
\ir functions/reporting_team_ids.sql
grant execute on function app.ingest_project(), app.may_report(text), app.reporting_team_ids() to tm_ingest;

\ir functions/open_ingest_session.sql
grant execute on function app.open_ingest_session(uuid, jsonb, text) to tm_auth;
alter function app.open_ingest_session(uuid, jsonb, text) owner to tm_auth;
\ir functions/find_ingest_key.sql
grant execute on function app.find_ingest_key(bytea) to tm_app_rw, tm_app_ro;
alter function app.find_ingest_key(bytea) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000034, 'IngestKeys1800000000034'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'IngestKeys1800000000034');

reset role;
