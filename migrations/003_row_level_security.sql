-- 003: the session, grants and row-level security.
-- Shape of every policy: one permissive policy per command and role, AND only, functions inside (select ...), so that
-- each is evaluated once per statement and `team_id = any(...)` stays an index condition.
set lock_timeout = '5s';
grant usage on schema public to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search;
set role tm_owner;
grant usage on schema app to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search;
grant create on schema app to tm_auth, tm_search;

-- ---------------------------------------------------------------------------------------------------------------
-- What the policies ask. The settings are transaction-local and '' (not null) after the transaction: hence nullif.
-- ---------------------------------------------------------------------------------------------------------------
create function app.current_user_id() returns uuid language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.user_id', true), '')::uuid;
comment on function app.current_user_id() is 'The user of this transaction, or null.';

create function app.current_team_ids() returns uuid[] language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.team_ids', true), '')::uuid[];
comment on function app.current_team_ids() is 'The teams whose rows this transaction may see. Null (no rows) without a session.';

-- Read from the table when a policy asks, which few do, rather than computed with every session.
create function app.managed_team_ids()
returns uuid[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select array(
    select m.team_id
    from public.team_members m
    where m.user_id = app.current_user_id()
      and m.role in ('owner', 'admin')
  );
end;
comment on function app.managed_team_ids() is 'The teams in which the user is owner or admin.';

create function app.has_permission(required text) returns boolean language sql stable parallel safe
  return coalesce(
    nullif(pg_catalog.current_setting('app.permissions', true), '')::text[] && array[required, '*'],
    false);
comment on function app.has_permission(text) is 'Whether the role of the user, narrowed by the scopes of the credential, allows it.';

create function app.is_admin() returns boolean language sql stable parallel safe
  return coalesce(pg_catalog.current_setting('app.is_admin', true) = 'on', false);
comment on function app.is_admin() is 'Whether the user''s role is admin, whatever the scopes of the credential.';

create function app.is_narrowed() returns boolean language sql stable parallel safe
  return coalesce(pg_catalog.current_setting('app.is_narrowed', true) <> 'off', true);
comment on function app.is_narrowed() is 'Whether the credential carries scopes. A narrowed credential cannot make another credential.';

create function app.admin_may(required text) returns boolean language sql stable parallel safe
  return app.is_admin() and app.has_permission(required);
comment on function app.admin_may(text) is 'The condition of every policy of tm_admin: the role alone opens nothing.';

create function app.system_reason() returns text language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.system_reason', true), '');
comment on function app.system_reason() is 'Why a background transaction runs; without a reason it sees nothing.';

create function app.visible_user_ids() returns uuid[] language sql stable parallel safe
  return array(
    select m.user_id
    from public.team_members m
    where m.team_id = any((select app.current_team_ids())::uuid[])
    union
    select app.current_user_id()
  );
comment on function app.visible_user_ids() is 'The user and the members of the user''s teams.';

-- ---------------------------------------------------------------------------------------------------------------
-- The session
-- ---------------------------------------------------------------------------------------------------------------
create function app.narrow(permissions text[], scopes text[]) returns text[] language sql immutable parallel safe
  return case
    when scopes is null or '*' = any(scopes) then permissions
    when '*' = any(permissions) then scopes
    else array(select unnest(permissions) intersect select unnest(scopes))
  end;
comment on function app.narrow(text[], text[]) is 'Scopes take away and never add.';

create function app.text_list(list jsonb) returns text[] language sql immutable strict parallel safe
  return array(select jsonb_array_elements_text(list));
comment on function app.text_list(jsonb) is 'A JSON array of strings as text[].';

alter table public.user_roles
  add column permission_list text[] generated always as (app.text_list(permissions)) stored;
comment on column public.user_roles.permission_list is 'permissions, taken apart once per role instead of once per statement.';

create function app.open_session(p_user uuid, p_credential uuid, p_scopes text, p_request jsonb, p_role text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_permissions text[];
  v_scopes jsonb;
  v_teams text;
  v_narrowed boolean;
begin
  if p_role not in ('tm_app_rw', 'tm_app_ro', 'tm_analytics') then
    raise exception 'role % opens no session', p_role using errcode = '42501';
  end if;
  select
    r.permission_list,
    c.scopes,
    array(select t.team_id from public.team_members t where t.user_id = p_user)::text
  into v_permissions, v_scopes, v_teams
  from public.users u
  join public.user_roles r on r.id = u.role_id and r.is_active
  cross join lateral (
    select k.scopes
    from public.api_keys k
    where k.id = p_credential
      and k.user_id = p_user
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
    union all
    select s.scopes
    from public.sessions s
    where s.id = p_credential
      and s.user_id = p_user
      and s.revoked_at is null
      and s.expires_at > now()
  ) c
  where u.id = p_user
    and u.is_active;
  if not found then
    raise exception 'the credential is not valid' using errcode = '28000';
  end if;
  if '*' = any(v_permissions) then
    p_role := 'tm_admin';
  end if;
  v_narrowed := v_scopes is not null or p_scopes is not null;
  if v_narrowed then
    v_permissions := app.narrow(app.narrow(v_permissions, app.text_list(v_scopes)), string_to_array(p_scopes, ' '));
  end if;
  perform
    set_config('app.user_id', p_user::text, true),
    set_config('app.credential_id', p_credential::text, true),
    set_config('app.team_ids', v_teams, true),
    set_config('app.permissions', v_permissions::text, true),
    set_config('app.is_admin', case when p_role = 'tm_admin' then 'on' else 'off' end, true),
    set_config('app.is_narrowed', case when v_narrowed then 'on' else 'off' end, true),
    set_config('app.request', coalesce(p_request::text, ''), true);
  return p_role;
end
$$;
comment on function app.open_session(uuid, uuid, text, jsonb, text) is
  'Scopes the transaction to a user: checks that user and credential are alive (SQLSTATE 28000 if not), reads role, scopes and teams, and returns the database role to continue as. Called in the round trip of the statement itself, so a revocation takes effect with the next statement.';

-- Before there is a session: the two look-ups that a credential starts with.
create function app.find_api_key(p_hash bytea)
returns table (user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, k.id, r.role_name::text, r.permissions, k.scopes, k.expires_at
  from public.api_keys k
  join public.users u on u.id = k.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  where k.key_hash = p_hash
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now());
end;
comment on function app.find_api_key(bytea) is 'Who holds the key with this SHA-256, if it is alive.';

create function app.find_session(p_session uuid)
returns table (user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, s.id, r.role_name::text, r.permissions, s.scopes, s.expires_at
  from public.sessions s
  join public.users u on u.id = s.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  where s.id = p_session
    and s.revoked_at is null
    and s.expires_at > now();
end;
comment on function app.find_session(uuid) is 'Who holds the login session with this id, if it is alive.';

create function app.find_login(p_email text)
returns table (user_id uuid, password_hash text, is_active boolean, login_attempts integer, locked_until timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select u.id, u.password_hash::text, u.is_active, u.login_attempts, u.locked_until
  from public.users u
  where lower(u.email) = lower(p_email);
end;
comment on function app.find_login(text) is 'What a password check needs.';

create function app.record_failed_login(p_user uuid, p_limit integer, p_lock interval)
returns timestamptz
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set login_attempts = case when login_attempts + 1 >= p_limit then 0 else login_attempts + 1 end,
      locked_until = case when login_attempts + 1 >= p_limit then now() + p_lock else locked_until end
  where id = p_user
  returning locked_until;
end;
comment on function app.record_failed_login(uuid, integer, interval) is 'Counts a wrong password; at the limit the account is locked for a while and the count starts again.';

create function app.start_session(p_user uuid, p_refresh_hash bytea, p_lifetime interval, p_ip inet, p_user_agent text, p_password_hash text)
returns uuid
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.users
  set last_login_at = now(),
      login_attempts = 0,
      locked_until = null,
      password_hash = coalesce(p_password_hash, password_hash)
  where id = p_user;
  insert into public.sessions (user_id, refresh_hash, ip_address, user_agent, expires_at)
  values (p_user, p_refresh_hash, p_ip, p_user_agent, now() + p_lifetime)
  returning id;
end;
comment on function app.start_session(uuid, bytea, interval, inet, text, text) is 'A login that succeeded. p_password_hash replaces a hash of an older kind.';

create function app.rotate_session(p_refresh_hash bytea, p_new_hash bytea)
returns table (session_id uuid, user_id uuid, reused boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    update public.sessions s
    set refresh_hash = p_new_hash,
        previous_refresh_hash = p_refresh_hash
    from public.users u
    where s.refresh_hash = p_refresh_hash
      and s.revoked_at is null
      and s.expires_at > now()
      and u.id = s.user_id
      and u.is_active
    returning s.id, s.user_id, false;
  if not found then
    -- A refresh token is used once. Its second use means that somebody else has it: the whole session ends.
    return query
      update public.sessions s
      set revoked_at = now()
      where s.previous_refresh_hash = p_refresh_hash
        and s.revoked_at is null
      returning s.id, s.user_id, true;
  end if;
end
$$;
comment on function app.rotate_session(bytea, bytea) is 'Exchanges a refresh token for the next one; a second use revokes the session.';

create function app.end_session(p_refresh_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.sessions
  set revoked_at = now()
  where refresh_hash = p_refresh_hash
    and revoked_at is null;
end;
comment on function app.end_session(bytea) is 'Logout.';

create function app.create_team(p_name text, p_description text, p_metadata jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid := app.current_user_id();
  v_team uuid;
begin
  if v_user is null or not app.has_permission('tasks:write') then
    raise exception 'permission tasks:write is needed' using errcode = '42501';
  end if;
  insert into public.teams (name, description, owner_id, metadata)
  values (p_name, p_description, v_user, coalesce(p_metadata, '{}'))
  returning id into v_team;
  insert into public.team_members (team_id, user_id, role)
  values (v_team, v_user, 'owner');
  perform set_config('app.team_ids', (app.current_team_ids() || v_team)::text, true);
  return v_team;
end
$$;
comment on function app.create_team(text, text, jsonb) is 'A team and its first owner at once: under the policies neither row could come first.';

create function app.create_first_admin(p_email text, p_name text, p_password_hash text, p_key_prefix text, p_key_hash bytea)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user uuid;
begin
  -- Many instances may start on an empty database at once: one of them makes the admin.
  perform pg_advisory_xact_lock(hashtext('taskmaster first admin'));
  if exists (select from public.users) then
    return null;
  end if;
  insert into public.users (username, email, name, password_hash, role_id)
  select split_part(p_email, '@', 1), p_email, p_name, p_password_hash, r.id
  from public.user_roles r
  where r.role_name = 'admin'
  returning id into v_user;
  insert into public.api_keys (user_id, name, prefix, key_hash)
  values (v_user, 'first run', p_key_prefix, p_key_hash);
  return v_user;
end
$$;
comment on function app.create_first_admin(text, text, text, text, bytea) is 'The admin of a new installation. Does nothing, and answers null, once there is any user.';

create function app.create_personal_team() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team uuid;
begin
  insert into public.teams (name, owner_id, is_personal)
  values (left(new.name, 100), new.id, true)
  returning id into v_team;
  insert into public.team_members (team_id, user_id, role)
  values (v_team, new.id, 'owner');
  return null;
end
$$;
comment on function app.create_personal_team() is 'Everyone has a personal team, so every task has a team and no policy needs an OR.';

create function app.keep_team_owner() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two owners who leave at once would both see the other one: the lock on the team makes the second wait and look again.
  perform from public.teams where id = old.team_id for update;
  if found and not exists (select from public.team_members where team_id = old.team_id and role = 'owner') then
    raise exception 'a team needs an owner' using errcode = '23514', constraint = 'team_members_owner_required';
  end if;
  return null;
end
$$;
comment on function app.keep_team_owner() is 'A team never loses its last owner.';

-- Rules that no policy can hold, because they look at what a row was before.
create function app.guard_ownership() returns trigger language plpgsql as $$
declare
  v_team uuid;
begin
  -- Members only: admins may, and definer functions and foreign keys, which run as another role, have their own rules.
  if current_user = 'tm_app_rw' then
    if tg_table_name = 'teams' then
      v_team := case when new.owner_id <> old.owner_id then new.id end;
    elsif tg_op <> 'INSERT' and old.role = 'owner' then
      v_team := old.team_id;
    elsif tg_op <> 'DELETE' and new.role = 'owner' then
      v_team := new.team_id;
    end if;
    if v_team is not null and not exists (
      select
      from public.team_members m
      where m.team_id = v_team
        and m.user_id = app.current_user_id()
        and m.role = 'owner'
    ) then
      raise exception 'only an owner makes or removes an owner' using errcode = '42501';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function app.guard_ownership() is 'Who manages a team without owning it makes nobody an owner and takes nothing from one.';

create function app.keep_revoked() returns trigger language plpgsql as $$
begin
  raise exception 'what is revoked stays revoked' using errcode = '42501';
end
$$;
comment on function app.keep_revoked() is 'Whoever has stolen a credential must not be able to bring it back.';

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
alter function app.create_first_admin(text, text, text, text, bytea) owner to tm_auth;
alter function app.create_personal_team() owner to tm_auth;
alter function app.keep_team_owner() owner to tm_auth;

-- The two functions that the design document names.
create function public.user_has_permission(required text) returns boolean language sql stable parallel safe
  return app.has_permission(required);
comment on function public.user_has_permission(text) is 'Whether this session has the permission. For people at a psql prompt; policies call app.has_permission.';

create function public.get_user_accessible_tasks() returns table (task_id uuid) language sql stable parallel safe
begin atomic
  select t.id
  from public.tasks t
  where t.deleted_at is null;
end;
comment on function public.get_user_accessible_tasks() is 'The tasks that this session may see: the policies decide.';

grant execute on function
  app.new_id(), app.merge_patch(jsonb, jsonb), app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.text_list(jsonb),
  app.is_admin(), app.is_narrowed(), app.admin_may(text), app.system_reason(), app.visible_user_ids(),
  app.narrow(text[], text[]), public.user_has_permission(text), public.get_user_accessible_tasks()
  to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_auth, tm_search;
-- The owner of a definer function grants it.
set role tm_auth;
revoke execute on function
  app.managed_team_ids(), app.open_session(uuid, uuid, text, jsonb, text), app.find_api_key(bytea), app.find_session(uuid), app.find_login(text),
  app.record_failed_login(uuid, integer, interval), app.start_session(uuid, bytea, interval, inet, text, text),
  app.rotate_session(bytea, bytea), app.end_session(bytea), app.create_team(text, text, jsonb),
  app.create_first_admin(text, text, text, text, bytea), app.create_personal_team(), app.keep_team_owner()
  from public;
grant execute on function app.open_session(uuid, uuid, text, jsonb, text) to tm_app_rw, tm_app_ro, tm_analytics;
grant execute on function app.managed_team_ids() to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant execute on function app.find_api_key(bytea), app.find_session(uuid) to tm_app_rw, tm_app_ro;
grant execute on function
  app.find_login(text), app.record_failed_login(uuid, integer, interval),
  app.start_session(uuid, bytea, interval, inet, text, text), app.rotate_session(bytea, bytea), app.end_session(bytea),
  app.create_first_admin(text, text, text, text, bytea)
  to tm_app_rw;
grant execute on function app.create_team(text, text, jsonb) to tm_app_rw, tm_admin;
set role tm_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- Policies
-- ---------------------------------------------------------------------------------------------------------------
create function app.protect_team_table(p_table regclass, p_read text, p_write text) returns void language plpgsql as $$
declare
  v_name text := (select relname from pg_class where oid = p_table);
  v_rows text := 'team_id = any((select app.current_team_ids())::uuid[]) and (select app.has_permission(%L))';
  v_read text := format(v_rows, p_read);
  v_write text := format(v_rows, p_write);
  v_admin_read text := format('(select app.admin_may(%L))', p_read);
  v_admin_write text := format('(select app.admin_may(%L))', p_write);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy %I on %s for select to tm_app_rw, tm_app_ro, tm_analytics using (%s)',
    v_name || '_select_policy', p_table, v_read);
  execute format('create policy %I on %s for insert to tm_app_rw with check (%s)',
    v_name || '_insert_policy', p_table, v_write);
  execute format('create policy %I on %s for update to tm_app_rw using (%s) with check (%s)',
    v_name || '_update_policy', p_table, v_write, v_write);
  execute format('create policy %I on %s for delete to tm_app_rw using (%s)',
    v_name || '_delete_policy', p_table, v_write);
  execute format('create policy %I on %s for select to tm_admin using (%s)',
    v_name || '_admin_select_policy', p_table, v_admin_read);
  execute format('create policy %I on %s for insert to tm_admin with check (%s)',
    v_name || '_admin_insert_policy', p_table, v_admin_write);
  execute format('create policy %I on %s for update to tm_admin using (%s) with check (%s)',
    v_name || '_admin_update_policy', p_table, v_admin_write, v_admin_write);
  execute format('create policy %I on %s for delete to tm_admin using (%s)',
    v_name || '_admin_delete_policy', p_table, v_admin_write);
  execute format('grant select on %s to tm_app_ro, tm_analytics', p_table);
  execute format('grant select, insert, update, delete on %s to tm_app_rw, tm_admin', p_table);
end
$$;
comment on function app.protect_team_table(regclass, text, text) is
  'Row-level security, policies and grants of a table whose rows belong to a team. Every new team table calls it once.';

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
grant update (name, metadata) on public.users to tm_app_rw;
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
grant select (id, user_id, name, prefix, scopes, expires_at, last_used_at, revoked_at, rotated_from, created_at, updated_at)
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

create policy team_members_select_policy on public.team_members for select to tm_app_rw, tm_app_ro, tm_analytics
  using (team_id = any((select app.current_team_ids())::uuid[]));
create policy team_members_insert_policy on public.team_members for insert to tm_app_rw
  with check (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy team_members_update_policy on public.team_members for update to tm_app_rw
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')))
  with check (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy team_members_delete_policy on public.team_members for delete to tm_app_rw
  using (team_id = any((select app.managed_team_ids())::uuid[]) and (select app.has_permission('tasks:write')));
create policy team_members_admin_select_policy on public.team_members for select to tm_admin
  using ((select app.admin_may('tasks:read')));
create policy team_members_admin_insert_policy on public.team_members for insert to tm_admin
  with check ((select app.admin_may('tasks:write')));
create policy team_members_admin_update_policy on public.team_members for update to tm_admin
  using ((select app.admin_may('tasks:write'))) with check ((select app.admin_may('tasks:write')));
create policy team_members_admin_delete_policy on public.team_members for delete to tm_admin
  using ((select app.admin_may('tasks:write')));
grant select on public.team_members to tm_app_ro, tm_analytics;
grant select, insert, delete on public.team_members to tm_app_rw, tm_admin;
grant update (role) on public.team_members to tm_app_rw, tm_admin;

-- Audit: read by those who manage the team; written by nobody but the owner's triggers.
create policy audit_logs_select_policy on public.audit_logs for select to tm_app_rw, tm_app_ro, tm_analytics
  using (team_id = any((select app.managed_team_ids())::uuid[]));
create policy audit_logs_admin_select_policy on public.audit_logs for select to tm_admin
  using ((select app.is_admin()));
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
grant select, insert, update on public.users to tm_auth;
grant select on public.user_roles to tm_auth;
grant select, insert on public.api_keys to tm_auth;
grant select, insert, update on public.sessions to tm_auth;
grant select, insert, update on public.teams to tm_auth;
grant select, insert on public.team_members to tm_auth;

-- Backups read everything (BYPASSRLS), the view follows the rights of its caller.
grant select on all tables in schema public to tm_backup;
grant select on all sequences in schema public to tm_backup;
alter default privileges for role tm_owner in schema public grant select on tables to tm_backup;
grant select on public.active_tasks to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

insert into public.migrations ("timestamp", name)
select 1700000000003, 'RowLevelSecurity1700000000003'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'RowLevelSecurity1700000000003');

reset role;
