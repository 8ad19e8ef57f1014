-- 038: invitations by e-mail.
set lock_timeout = '5s';
set role tm_owner;

create table public.invites (
  id uuid constraint invites_pkey primary key default app.new_id(),
  team_id uuid constraint invites_team_id_fkey references public.teams (id) on delete cascade,
  email varchar(255) not null,
  role varchar(20) constraint invites_role_check check (role in ('admin', 'member')),
  user_role_id uuid constraint invites_user_role_id_fkey references public.user_roles (id) on delete set null,
  token_hash bytea not null
    constraint invites_token_hash_key unique
    constraint invites_token_hash_check check (length(token_hash) = 32),
  expires_at timestamptz not null default now() + interval '7 days',
  sent_at timestamptz not null default now(),
  created_by uuid constraint invites_created_by_fkey references public.users (id) on delete set null,
  accepted_at timestamptz,
  accepted_by uuid constraint invites_accepted_by_fkey references public.users (id) on delete set null,
  revoked_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint invites_team_check check ((team_id is null) = (role is null))
);
comment on table public.invites is
  'Invitations to a team, or, without one, to the service. Only the hash of the token is kept; the token goes to the mailbox.';
comment on column public.invites.user_role_id is 'The role of the account that the invitation makes; null: developer.';
create unique index invites_open_key on public.invites (team_id, lower(email)) nulls not distinct
  where accepted_at is null and revoked_at is null;
create index invites_team_created_idx on public.invites (team_id, created_at desc, id desc);
create index invites_created_by_idx on public.invites (created_by, created_at) where created_by is not null;
create index invites_accepted_by_idx on public.invites (accepted_by) where accepted_by is not null;
create index invites_user_role_id_idx on public.invites (user_role_id) where user_role_id is not null;

\ir functions/guard_invite.sql
create trigger invites_guard before insert on public.invites for each row execute function app.guard_invite();
create trigger invites_touch before update on public.invites for each row execute function app.touch_versioned_row();

-- Members see who is invited; owners and admins of the team invite and revoke. Without a team, administrators invite.
alter table public.invites enable row level security;
alter table public.invites force row level security;
create policy invites_select_policy on public.invites for select to tm_app_rw, tm_app_ro
  using (team_id = any((select app.current_team_ids())::uuid[]) and (select app.has_permission('tasks:read')));
create policy invites_insert_policy on public.invites for insert to tm_app_rw
  with check (
    team_id = any((select app.managed_team_ids())::uuid[])
    and (select app.has_permission('tasks:write'))
    and created_by = (select app.current_user_id())
    and user_role_id is null
    and not (select app.is_narrowed()));
create policy invites_update_policy on public.invites for update to tm_app_rw
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')))
  with check (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy invites_admin_select_policy on public.invites for select to tm_admin
  using ((select app.admin_may('tasks:read')));
create policy invites_admin_insert_policy on public.invites for insert to tm_admin
  with check ((select app.admin_may('*')) and created_by = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy invites_admin_update_policy on public.invites for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
create policy invites_auth_select_policy on public.invites for select to tm_auth using (true);
create policy invites_auth_update_policy on public.invites for update to tm_auth using (true) with check (true);
grant select (id, team_id, email, role, user_role_id, expires_at, sent_at, created_by, accepted_at, accepted_by, revoked_at, version, created_at, updated_at)
  on public.invites to tm_app_rw, tm_app_ro, tm_admin;
grant insert (team_id, email, role, user_role_id, token_hash, created_by) on public.invites to tm_app_rw, tm_admin;
grant update (token_hash, expires_at, sent_at, revoked_at) on public.invites to tm_app_rw, tm_admin;
grant select, update on public.invites to tm_auth;
select app.audit_table('public.invites', '{token_hash}');

\ir functions/settle_invite.sql
\ir functions/find_invite.sql
\ir functions/accept_invite.sql
\ir functions/accept_invite_as_new.sql
\ir functions/event_data_of_invite.sql
\ir functions/event_types_of_invite.sql
grant execute on function app.find_invite(bytea), app.accept_invite_as_new(bytea, text, text, text) to tm_app_rw;
grant execute on function app.accept_invite(bytea) to tm_app_rw, tm_admin;
grant execute on function app.settle_invite(uuid, uuid) to tm_auth;
alter function app.guard_invite() owner to tm_auth;
alter function app.find_invite(bytea) owner to tm_auth;
alter function app.accept_invite(bytea) owner to tm_auth;
alter function app.accept_invite_as_new(bytea, text, text, text) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000038, 'Invites1800000000038'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Invites1800000000038');

reset role;
