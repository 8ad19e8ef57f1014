-- The way back of 025.
set lock_timeout = '5s';
set role tm_owner;
drop function app.hold_membership(uuid);
drop policy team_members_auth_update_policy on public.team_members;
revoke update (version) on public.team_members from tm_auth;
drop trigger task_dependencies_touch on public.task_dependencies;
drop trigger team_members_touch on public.team_members;
drop function app.touch_version();
drop trigger api_keys_touch on public.api_keys;
create trigger api_keys_touch before update on public.api_keys for each row execute function app.touch_row();
drop trigger user_roles_touch on public.user_roles;
create trigger user_roles_touch before update on public.user_roles for each row execute function app.touch_row();
alter table public.task_dependencies drop column version;
alter table public.team_members drop column version;
alter table public.api_keys drop column version;
alter table public.user_roles drop column version;
select
  app.audit_table('public.user_roles'),
  app.audit_table('public.api_keys', '{key_hash}', '{last_used_at}'),
  app.audit_table('public.team_members'),
  app.audit_table('public.task_dependencies');
delete from public.migrations
where name = 'Versions1800000000025'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
