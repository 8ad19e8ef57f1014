-- 003: the session, grants and row-level security.
-- Shape of every policy: one permissive policy per command and role, AND only, functions inside (select ...), so that
-- each is evaluated once per statement and `team_id = any(...)` stays an index condition.
set lock_timeout = '5s';
-- A temporary table could stand in for one of ours, and takes disk that no limit covers.
do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
end
$$;
grant usage on schema public to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search, tm_audit, tm_work, tm_ingest, tm_flow, tm_relay;
set role tm_owner;

grant usage on schema app to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search, tm_audit, tm_work, tm_ingest, tm_flow, tm_relay;
grant create on schema app to tm_auth, tm_search;

-- ---------------------------------------------------------------------------------------------------------------
-- What the policies ask. The settings are transaction-local and '' (not null) after the transaction: hence nullif.
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/current_user_id.sql
\ir functions/current_team_ids.sql
\ir functions/managed_team_ids.sql
\ir functions/has_permission.sql
\ir functions/is_admin.sql
\ir functions/is_narrowed.sql
\ir functions/admin_may.sql
\ir functions/system_reason.sql
\ir functions/visible_user_ids.sql

-- ---------------------------------------------------------------------------------------------------------------
-- The session
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/narrow.sql
\ir functions/open_session.sql
\ir functions/find_api_key.sql
\ir functions/find_session.sql
\ir functions/find_login.sql
\ir functions/record_failed_login.sql
\ir functions/start_session.sql
\ir functions/rotate_session.sql
\ir functions/end_session.sql
\ir functions/create_team.sql
\ir functions/leave_team.sql
\ir functions/default_team_id.sql
\ir functions/bound_project.sql
\ir functions/find_projects.sql
\ir functions/work_place.sql
\ir functions/create_first_admin.sql
\ir functions/create_personal_team.sql
\ir functions/keep_team_owner.sql
\ir functions/guard_ownership.sql
\ir functions/keep_revoked.sql

create trigger team_members_ownership before insert or update of role or delete on public.team_members
  for each row execute function app.guard_ownership();
create trigger teams_ownership before update of owner_id on public.teams
  for each row execute function app.guard_ownership();
create trigger sessions_revoked before update of revoked_at on public.sessions
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function app.keep_revoked();
create trigger api_keys_revoked before update of revoked_at on public.api_keys
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function app.keep_revoked();
create trigger users_personal_team after insert on public.users
  for each row execute function app.create_personal_team();
create trigger team_members_owner after update of role or delete on public.team_members
  for each row when (old.role = 'owner') execute function app.keep_team_owner();

\ir functions/user_has_permission.sql
\ir functions/get_user_accessible_tasks.sql

grant execute on function
  app.new_id(), app.merge_patch(jsonb, jsonb), app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.text_list(jsonb),
  app.is_admin(), app.is_narrowed(), app.admin_may(text), app.system_reason(), app.visible_user_ids(),
  app.narrow(text[], text[]), public.user_has_permission(text), public.get_user_accessible_tasks()
  to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_auth, tm_search;
-- Sessions that write a task or an error compute its column search, and sessions that search fold the query.
grant execute on function
  app.fold_text(text), app.grapheme_clusters(text), app.search_tokens(text), app.search_vector(text)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_work, tm_ingest;

-- ---------------------------------------------------------------------------------------------------------------
-- Who owns what runs with more rights than its caller. Granted first: the owner of a function grants it.
-- ---------------------------------------------------------------------------------------------------------------
grant execute on function app.open_session(uuid, uuid, text, jsonb, text) to tm_app_rw, tm_app_ro, tm_analytics;
grant execute on function app.managed_team_ids() to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant execute on function app.find_api_key(bytea), app.find_session(uuid) to tm_app_rw, tm_app_ro;
grant execute on function
  app.find_login(text), app.record_failed_login(uuid, integer, interval),
  app.start_session(uuid, bytea, interval, inet, text, text), app.rotate_session(bytea, bytea), app.end_session(bytea),
  app.create_first_admin(text, text, text, text, bytea)
  to tm_app_rw;
grant execute on function app.create_team(text, text, jsonb), app.leave_team(uuid) to tm_app_rw, tm_admin;
grant execute on function
  app.default_team_id(), app.bound_project(), app.find_projects(text, uuid), app.work_place(uuid, text)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
-- Reported errors name their project too (014).
grant execute on function app.default_team_id(), app.bound_project(), app.find_projects(text, uuid) to tm_ingest;
alter function app.managed_team_ids() owner to tm_auth;
alter function app.open_session(uuid, uuid, text, jsonb, text) owner to tm_auth;
alter function app.find_api_key(bytea) owner to tm_auth;
alter function app.find_session(uuid) owner to tm_auth;
alter function app.find_login(text) owner to tm_auth;
alter function app.record_failed_login(uuid, integer, interval) owner to tm_auth;
alter function app.start_session(uuid, bytea, interval, inet, text, text) owner to tm_auth;
alter function app.rotate_session(bytea, bytea) owner to tm_auth;
alter function app.end_session(bytea) owner to tm_auth;
alter function app.create_team(text, text, jsonb) owner to tm_auth;
alter function app.leave_team(uuid) owner to tm_auth;
alter function app.default_team_id() owner to tm_auth;
alter function app.bound_project() owner to tm_auth;
alter function app.create_first_admin(text, text, text, text, bytea) owner to tm_auth;
alter function app.create_personal_team() owner to tm_auth;
alter function app.keep_team_owner() owner to tm_auth;

-- ---------------------------------------------------------------------------------------------------------------
-- Policies
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/protect_team_table.sql

select app.protect_team_table('public.tasks', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.projects', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.task_lists', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.task_dependencies', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.task_contexts', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.workflow_states', 'tasks:read', 'tasks:write');
select app.protect_team_table('public.validation_results', 'validations:read', 'validations:write');
select app.protect_team_table('public.error_logs', 'errors:read', 'errors:write');

do $$
declare
  name text;
begin
  foreach name in array array['user_roles', 'users', 'api_keys', 'sessions', 'idempotency_keys', 'teams', 'team_members',
                              'audit_logs', 'audit_logs_default', 'performance_metrics']
  loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
  end loop;
end
$$;

-- Roles: readable by whoever is signed in, written by admins.
create policy user_roles_select_policy on public.user_roles for select to tm_app_rw, tm_app_ro, tm_analytics
  using ((select app.current_user_id()) is not null);
create policy user_roles_admin_select_policy on public.user_roles for select to tm_admin
  using ((select app.is_admin()));
create policy user_roles_admin_insert_policy on public.user_roles for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy user_roles_admin_update_policy on public.user_roles for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
create policy user_roles_admin_delete_policy on public.user_roles for delete to tm_admin
  using ((select app.admin_may('*')));
grant select on public.user_roles to tm_app_rw, tm_app_ro, tm_analytics;
grant select, insert, update, delete on public.user_roles to tm_admin;

-- Users: oneself and the members of one's teams. No role of the service can read a password hash.
create policy users_select_policy on public.users for select to tm_app_rw, tm_app_ro, tm_analytics
  using (id = any((select app.visible_user_ids())::uuid[]));
create policy users_update_policy on public.users for update to tm_app_rw
  using (id = (select app.current_user_id()) and not (select app.is_narrowed()))
  with check (id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy users_admin_select_policy on public.users for select to tm_admin
  using ((select app.is_admin()));
create policy users_admin_insert_policy on public.users for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy users_admin_update_policy on public.users for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
grant select (id, username, email, name, email_verified, role_id, is_active, last_login_at, metadata, version, created_at, updated_at)
  on public.users to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant select (locked_until, login_attempts) on public.users to tm_admin;
grant update (name, metadata, default_team_id) on public.users to tm_app_rw;
grant insert, update on public.users to tm_admin;

-- API keys: one's own; made, rotated and revoked with a credential that is not narrowed. No role of the service can read a hash.
create policy api_keys_select_policy on public.api_keys for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
create policy api_keys_insert_policy on public.api_keys for insert to tm_app_rw
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy api_keys_update_policy on public.api_keys for update to tm_app_rw
  using (user_id = (select app.current_user_id()) and not (select app.is_narrowed()))
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy api_keys_admin_select_policy on public.api_keys for select to tm_admin
  using ((select app.is_admin()));
create policy api_keys_admin_insert_policy on public.api_keys for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy api_keys_admin_update_policy on public.api_keys for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
create policy api_keys_background_select_policy on public.api_keys for select to tm_background
  using ((select app.system_reason()) is not null);
create policy api_keys_background_update_policy on public.api_keys for update to tm_background
  using ((select app.system_reason()) is not null) with check ((select app.system_reason()) is not null);
grant select (id, user_id, name, prefix, scopes, expires_at, last_used_at, revoked_at, rotated_from, project_team_id, project_key, created_at, updated_at)
  on public.api_keys to tm_app_rw, tm_app_ro, tm_admin;
grant insert on public.api_keys to tm_app_rw, tm_admin;
grant update (name, expires_at, revoked_at) on public.api_keys to tm_app_rw, tm_admin;
grant select (id, last_used_at) on public.api_keys to tm_background;
grant update (last_used_at) on public.api_keys to tm_background;

-- Sessions: one's own can be seen and revoked.
create policy sessions_select_policy on public.sessions for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
create policy sessions_update_policy on public.sessions for update to tm_app_rw
  using (user_id = (select app.current_user_id())) with check (user_id = (select app.current_user_id()));
create policy sessions_admin_select_policy on public.sessions for select to tm_admin
  using ((select app.is_admin()));
create policy sessions_admin_update_policy on public.sessions for update to tm_admin
  using ((select app.admin_may('*'))) with check ((select app.admin_may('*')));
create policy sessions_background_select_policy on public.sessions for select to tm_background
  using ((select app.system_reason()) is not null);
create policy sessions_background_delete_policy on public.sessions for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select (id, user_id, scopes, ip_address, user_agent, expires_at, revoked_at, created_at, updated_at)
  on public.sessions to tm_app_rw, tm_app_ro, tm_admin;
grant update (revoked_at) on public.sessions to tm_app_rw, tm_admin;
grant select (id, expires_at) on public.sessions to tm_background;
grant delete on public.sessions to tm_background;

-- Idempotency keys: one's own, for an admin too.
create policy idempotency_keys_select_policy on public.idempotency_keys for select to tm_app_rw, tm_admin
  using (user_id = (select app.current_user_id()));
create policy idempotency_keys_insert_policy on public.idempotency_keys for insert to tm_app_rw, tm_admin
  with check (user_id = (select app.current_user_id()));
create policy idempotency_keys_update_policy on public.idempotency_keys for update to tm_app_rw, tm_admin
  using (user_id = (select app.current_user_id())) with check (user_id = (select app.current_user_id()));
create policy idempotency_keys_delete_policy on public.idempotency_keys for delete to tm_app_rw, tm_admin
  using (user_id = (select app.current_user_id()));
create policy idempotency_keys_background_select_policy on public.idempotency_keys for select to tm_background
  using ((select app.system_reason()) is not null);
create policy idempotency_keys_background_delete_policy on public.idempotency_keys for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select, insert, update, delete on public.idempotency_keys to tm_app_rw, tm_admin;
grant select (user_id, key, expires_at), delete on public.idempotency_keys to tm_background;

-- Teams: members see, owners and admins of the team change, the owner deletes. app.create_team inserts.
create policy teams_select_policy on public.teams for select to tm_app_rw, tm_app_ro, tm_analytics
  using (id = any((select app.current_team_ids())::uuid[]));
create policy teams_update_policy on public.teams for update to tm_app_rw
  using (id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')))
  with check (id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy teams_delete_policy on public.teams for delete to tm_app_rw
  using (owner_id = (select app.current_user_id()) and (select app.has_permission('tasks:write')) and not is_personal);
create policy teams_admin_select_policy on public.teams for select to tm_admin
  using ((select app.admin_may('tasks:read')));
create policy teams_admin_update_policy on public.teams for update to tm_admin
  using ((select app.admin_may('tasks:write'))) with check ((select app.admin_may('tasks:write')));
create policy teams_admin_delete_policy on public.teams for delete to tm_admin
  using ((select app.admin_may('tasks:write')) and not is_personal);
grant select on public.teams to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant update (name, description, metadata, owner_id), delete on public.teams to tm_app_rw, tm_admin;

-- Members: nobody is put into a team without having agreed, so only an administrator inserts. Owners and admins of the
-- team change roles and remove; app.leave_team lets everyone go.
create policy team_members_select_policy on public.team_members for select to tm_app_rw, tm_app_ro, tm_analytics
  using (team_id = any((select app.current_team_ids())::uuid[]));
create policy team_members_update_policy on public.team_members for update to tm_app_rw
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')))
  with check (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy team_members_delete_policy on public.team_members for delete to tm_app_rw
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy team_members_admin_select_policy on public.team_members for select to tm_admin
  using ((select app.admin_may('tasks:read')));
create policy team_members_admin_insert_policy on public.team_members for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy team_members_admin_update_policy on public.team_members for update to tm_admin
  using ((select app.admin_may('tasks:write'))) with check ((select app.admin_may('tasks:write')));
create policy team_members_admin_delete_policy on public.team_members for delete to tm_admin
  using ((select app.admin_may('tasks:write')));
grant select on public.team_members to tm_app_ro, tm_analytics;
grant select, delete on public.team_members to tm_app_rw, tm_admin;
grant insert on public.team_members to tm_admin;
grant update (role) on public.team_members to tm_app_rw, tm_admin;

-- Audit: read by those who manage the team; written by nobody but the owner's triggers. The trail shows every table at
-- once, so a credential that is narrowed to some of them must not read it.
create policy audit_logs_select_policy on public.audit_logs for select to tm_app_rw, tm_app_ro, tm_analytics
  using (
    team_id = any((select app.managed_team_ids())::uuid[])
    and (select app.has_permission('tasks:read'))
    and not (select app.is_narrowed()));
create policy audit_logs_admin_select_policy on public.audit_logs for select to tm_admin
  using ((select app.admin_may('audit:read')));
grant select on public.audit_logs to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

-- The service's own measurements belong to no tenant: admins read, background jobs write.
create policy performance_metrics_admin_select_policy on public.performance_metrics for select to tm_admin
  using ((select app.is_admin()));
create policy performance_metrics_background_select_policy on public.performance_metrics for select to tm_background
  using ((select app.system_reason()) is not null);
create policy performance_metrics_background_insert_policy on public.performance_metrics for insert to tm_background
  with check ((select app.system_reason()) is not null);
create policy performance_metrics_background_delete_policy on public.performance_metrics for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select on public.performance_metrics to tm_admin;
grant select, insert, delete on public.performance_metrics to tm_background;

-- Background jobs see tasks only to count and remind.
create policy tasks_background_select_policy on public.tasks for select to tm_background
  using ((select app.system_reason()) is not null);
grant select on public.tasks to tm_background;

-- tm_auth owns the functions above and nobody is a member of it: these policies open the tables to those functions alone.
create policy users_auth_select_policy on public.users for select to tm_auth using (true);
create policy users_auth_insert_policy on public.users for insert to tm_auth with check (true);
create policy users_auth_update_policy on public.users for update to tm_auth using (true) with check (true);
create policy user_roles_auth_select_policy on public.user_roles for select to tm_auth using (true);
create policy api_keys_auth_select_policy on public.api_keys for select to tm_auth using (true);
create policy api_keys_auth_insert_policy on public.api_keys for insert to tm_auth with check (true);
create policy sessions_auth_select_policy on public.sessions for select to tm_auth using (true);
create policy sessions_auth_insert_policy on public.sessions for insert to tm_auth with check (true);
create policy sessions_auth_update_policy on public.sessions for update to tm_auth using (true) with check (true);
create policy teams_auth_select_policy on public.teams for select to tm_auth using (true);
create policy teams_auth_update_policy on public.teams for update to tm_auth using (true) with check (true);
create policy teams_auth_insert_policy on public.teams for insert to tm_auth with check (true);
create policy team_members_auth_select_policy on public.team_members for select to tm_auth using (true);
create policy team_members_auth_insert_policy on public.team_members for insert to tm_auth with check (true);
create policy team_members_auth_delete_policy on public.team_members for delete to tm_auth using (true);
grant select, insert, update on public.users to tm_auth;
grant select on public.user_roles to tm_auth;
grant select, insert on public.api_keys to tm_auth;
grant select, insert, update on public.sessions to tm_auth;
grant select, insert, update on public.teams to tm_auth;
grant select, insert, delete on public.team_members to tm_auth;

\ir functions/schema_version.sql

grant execute on function app.schema_version() to tm_app_ro, tm_admin;

-- Backups read everything (BYPASSRLS), the view follows the rights of its caller.
grant select on all tables in schema public to tm_backup;
grant select on all sequences in schema public to tm_backup;

alter default privileges for role tm_owner in schema public grant select on tables to tm_backup;
grant select on public.active_tasks to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

insert into public.migrations ("timestamp", name)
select 1800000000003, 'RowLevelSecurity1800000000003'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'RowLevelSecurity1800000000003');

reset role;
