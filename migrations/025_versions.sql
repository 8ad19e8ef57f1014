-- 025: versions of roles, API keys, members and dependencies, the whole filter of next and claim, and who did what in events.
set lock_timeout = '5s';
set role tm_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- Versions
-- ---------------------------------------------------------------------------------------------------------------
alter table public.user_roles add column version integer not null default 1;
alter table public.api_keys add column version integer not null default 1;
alter table public.team_members add column version integer not null default 1;
alter table public.task_dependencies add column version integer not null default 1;

grant select (version) on public.api_keys to tm_app_rw, tm_app_ro, tm_admin;

drop trigger user_roles_touch on public.user_roles;
create trigger user_roles_touch before update on public.user_roles
  for each row execute function app.touch_versioned_row();
-- Use alone makes no new version, or every request with a key would refuse the next change of it.
drop trigger api_keys_touch on public.api_keys;
create trigger api_keys_touch before update on public.api_keys
  for each row when (old.last_used_at is not distinct from new.last_used_at)
  execute function app.touch_versioned_row();
\ir functions/touch_version.sql
create trigger team_members_touch before update on public.team_members
  for each row execute function app.touch_version();
create trigger task_dependencies_touch before update on public.task_dependencies
  for each row execute function app.touch_version();

-- The trail leaves changes of these columns alone out, and learns of new columns only here.
select
  app.audit_table('public.user_roles'),
  app.audit_table('public.api_keys', '{key_hash}', '{last_used_at}'),
  app.audit_table('public.team_members'),
  app.audit_table('public.task_dependencies');

\ir functions/hold_membership.sql

grant execute on function app.hold_membership(uuid) to tm_app_rw, tm_admin;
-- A row lock needs the right to update and a policy for it.
grant update (version) on public.team_members to tm_auth;
create policy team_members_auth_update_policy on public.team_members for update to tm_auth using (true) with check (true);
alter function app.hold_membership(uuid) owner to tm_auth;

-- ---------------------------------------------------------------------------------------------------------------
-- Next and claim take the filters of task lists
-- ---------------------------------------------------------------------------------------------------------------
-- A later migration may add columns by which tasks are filtered; the current text of the function names them already.
set check_function_bodies = off;
\ir functions/fits_task_filter.sql
reset check_function_bodies;
\ir functions/next_task_ids.sql

grant execute on function
  app.fits_task_filter(jsonb, jsonb),
  app.fits_task_filter(public.tasks, jsonb),
  app.next_task_ids(uuid, text, text, integer, boolean, jsonb)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
-- A new installation never had it.
drop function if exists app.fits_claim(text, jsonb, integer, uuid, jsonb);

-- ---------------------------------------------------------------------------------------------------------------
-- Events name who assigned and who completed
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/event_names.sql

insert into public.migrations ("timestamp", name)
select 1800000000025, 'Versions1800000000025'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Versions1800000000025');

reset role;
