-- 005: the audit trail. Triggers write it, in the transaction of the change and whichever path the change came by
-- (docs/decisions/0008-audit.md).
set lock_timeout = '5s';
set role tm_owner;

create policy audit_logs_audit_insert_policy on public.audit_logs for insert to tm_audit with check (true);
grant insert on public.audit_logs to tm_audit;

-- ---------------------------------------------------------------------------------------------------------------
-- Recording
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/mask_secrets.sql
\ir functions/record_audit.sql
\ir functions/refuse_truncate.sql
\ir functions/audit_table.sql

grant execute on function
  app.new_id(), app.current_user_id(), app.system_reason(), app.mask_secrets(jsonb, text[])
  to tm_audit;
grant create on schema app to tm_audit;
alter function app.record_audit() owner to tm_audit;
revoke create on schema app from tm_audit;
set role tm_audit;
-- Whoever makes a trigger must be allowed to execute its function.
grant execute on function app.record_audit() to tm_owner;
set role tm_owner;

select
  app.audit_table('public.tasks', '{}', '{next_child,dependency_count,open_dependencies,source}'),
  app.audit_table('public.projects'),
  app.audit_table('public.task_lists', '{}', '{next_ref,source}'),
  app.audit_table('public.task_dependencies'),
  app.audit_table('public.task_contexts'),
  app.audit_table('public.workflow_states'),
  app.audit_table('public.validation_results', '{}', '{finding_counts,recorded_at}'),
  -- Counting leaves no trail; what people change does. What retention forgets must not be kept in the trail of its going.
  app.audit_table('public.error_logs', '{}',
    '{occurrence_count,users_affected,first_occurred_at,last_occurred_at,service_version,user_id,session_id,ip_address,user_agent,context_data}'),
  app.audit_table('public.teams'),
  app.audit_table('public.team_members'),
  app.audit_table('public.user_roles'),
  app.audit_table('public.users', '{password_hash}', '{last_login_at,login_attempts}'),
  app.audit_table('public.api_keys', '{key_hash}', '{last_used_at}'),
  app.audit_table('public.sessions', '{refresh_hash,previous_refresh_hash}');

-- ---------------------------------------------------------------------------------------------------------------
-- Partitions
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/make_audit_partition.sql
\ir functions/extend_audit_partitions.sql
\ir functions/drop_audit_partitions.sql

grant execute on function app.extend_audit_partitions(integer), app.drop_audit_partitions(interval) to tm_background;

-- Also for rows that are there already: the way back leaves them in the default partition.
do $$
declare
  v_months date[];
  v_month date;
begin
  alter table public.audit_logs_default no force row level security;
  v_months := array(
    select date_trunc('month', (now() at time zone 'UTC') + make_interval(months => ahead))::date
    from generate_series(0, 3) ahead
    union
    select date_trunc('month', d.occurred_at at time zone 'UTC')::date
    from public.audit_logs_default d
    order by 1);
  alter table public.audit_logs_default force row level security;
  foreach v_month in array v_months
  loop
    perform app.make_audit_partition(v_month);
  end loop;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Reading
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/wire_names.sql

grant execute on function app.wire_names(jsonb) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

\ir functions/task_history.sql

create policy audit_logs_audit_select_policy on public.audit_logs for select to tm_audit using (true);
create policy users_audit_select_policy on public.users for select to tm_audit using (true);
grant select on public.audit_logs to tm_audit;
grant select (id, name) on public.users to tm_audit;
grant execute on function app.has_permission(text), app.is_admin(), app.current_team_ids() to tm_audit;
grant execute on function app.task_history(uuid, integer, timestamptz, uuid) to tm_app_rw, tm_app_ro, tm_admin;
grant create on schema app to tm_audit;
alter function app.task_history(uuid, integer, timestamptz, uuid) owner to tm_audit;
revoke create on schema app from tm_audit;
grant usage on sequence public.audit_logs_seq to tm_audit;

insert into public.migrations ("timestamp", name)
select 1800000000005, 'Audit1800000000005'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Audit1800000000005');

reset role;
