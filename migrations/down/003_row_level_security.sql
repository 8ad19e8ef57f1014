-- The way back of 003: policies, grants, the session and its functions.
set lock_timeout = '5s';
do $$
begin
  execute format('grant temporary on database %I to public', current_database());
end
$$;
set role tm_owner;
drop trigger team_members_owner on public.team_members;
drop trigger users_personal_team on public.users;
drop trigger api_keys_revoked on public.api_keys;
drop trigger sessions_revoked on public.sessions;
drop trigger teams_ownership on public.teams;
drop trigger team_members_ownership on public.team_members;
drop function app.keep_revoked();
drop function app.guard_ownership();
do $$
declare
  p record;
begin
  for p in select schemaname, tablename, policyname from pg_policies where schemaname = 'public'
  loop
    execute format('drop policy %I on %I.%I', p.policyname, p.schemaname, p.tablename);
  end loop;
  for p in
    select c.oid::regclass as name
    from pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p')
      and c.relrowsecurity
  loop
    execute format('alter table %s no force row level security', p.name);
    execute format('alter table %s disable row level security', p.name);
  end loop;
end
$$;
alter default privileges for role tm_owner in schema public revoke select on tables from tm_backup;
revoke all on all tables in schema public from tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_admin, tm_auth;
revoke all on all sequences in schema public from tm_backup;
drop function public.get_user_accessible_tasks();
drop function public.user_has_permission(text);
drop function app.protect_team_table(regclass, text, text, text);
drop function app.schema_version();
drop function app.work_place(uuid, text);
drop function app.find_projects(text, uuid);
set role tm_auth;
drop function app.bound_project();
drop function app.default_team_id();
drop function app.leave_team(uuid);
drop function app.keep_team_owner();
drop function app.create_personal_team();
drop function app.create_first_admin(text, text, text, text, bytea);
drop function app.create_team(text, text, jsonb);
drop function app.end_session(bytea);
drop function app.rotate_session(bytea, bytea);
drop function app.start_session(uuid, bytea, interval, inet, text, text);
drop function app.record_failed_login(uuid, integer, interval);
drop function app.find_login(text);
drop function app.find_session(uuid);
drop function app.find_api_key(bytea);
drop function app.open_session(uuid, uuid, text, jsonb, text);
drop function app.managed_team_ids();
set role tm_owner;
drop function app.narrow(text[], text[]);
drop function app.visible_user_ids();
drop function app.system_reason();
drop function app.admin_may(text);
drop function app.is_narrowed();
drop function app.is_admin();
drop function app.has_permission(text);
drop function app.current_team_ids();
drop function app.current_user_id();
revoke all on function app.new_id(), app.merge_patch(jsonb, jsonb), app.text_list(jsonb)
  from tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_auth, tm_search;
revoke all on function
  app.fold_text(text), app.grapheme_clusters(text), app.search_tokens(text), app.search_vector(text)
  from tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_work, tm_ingest;
delete from public.migrations
where name = 'RowLevelSecurity1800000000003'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
revoke create on schema app from tm_auth, tm_search;
revoke usage on schema app
  from tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search, tm_audit, tm_work, tm_ingest, tm_flow, tm_relay;
reset role;
revoke usage on schema public
  from tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_backup, tm_monitor, tm_admin, tm_auth, tm_search, tm_audit, tm_work, tm_ingest, tm_flow, tm_relay;
