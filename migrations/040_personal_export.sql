-- 040: people get a copy of what the database holds of them. Erasure (041) works as the same role.
set lock_timeout = '5s';

-- A role of its own: it reads every table with data of people, which no other function needs.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_privacy') then
      create role tm_privacy nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user)
    and not pg_has_role('tm_privacy', case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)
  then
    execute format('grant tm_privacy to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_privacy to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'tm_privacy was not granted to tm_owner: %', sqlerrm;
  end;
end
$$;

grant usage on schema public to tm_privacy;

set role tm_owner;
grant usage on schema app to tm_privacy;
grant execute on function app.current_user_id(), app.is_narrowed() to tm_privacy;

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'users', 'api_keys', 'sessions', 'user_identities', 'mail_tokens', 'idempotency_keys', 'team_members', 'invites', 'teams', 'ingest_keys',
    'projects', 'tasks', 'task_dependencies', 'task_contexts', 'task_comments', 'task_leases', 'validation_results',
    'validation_attempts', 'error_logs', 'error_resolutions', 'webhooks', 'audit_logs']
  loop
    execute format('create policy %I on public.%I for select to tm_privacy using (true)',
      v_table || '_privacy_select_policy', v_table);
    execute format('grant select on public.%I to tm_privacy', v_table);
  end loop;
end
$$;

\ir functions/export_person.sql
grant execute on function app.export_person(text, integer, integer) to tm_app_rw, tm_app_ro, tm_admin;
grant create on schema app to tm_privacy;
alter function app.export_person(text, integer, integer) owner to tm_privacy;
revoke create on schema app from tm_privacy;

insert into public.migrations ("timestamp", name)
select 1800000000040, 'PersonalExport1800000000040'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'PersonalExport1800000000040');

reset role;
