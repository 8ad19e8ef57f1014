-- The way back of 008. The rows of the trail stay; what only 008 has columns for is lost.
set lock_timeout = '5s';
set role tm_owner;
do $$
declare
  t record;
begin
  for t in
    select tgname as name, tgrelid::regclass as relation
    from pg_trigger
    where tgfoid in ('app.record_audit()'::regprocedure, 'app.refuse_truncate()'::regprocedure)
  loop
    execute format('drop trigger %I on %s', t.name, t.relation);
  end loop;
end
$$;
do $$
declare
  v_name regclass;
begin
  alter table public.audit_logs_default no force row level security;
  for v_name in
    select i.inhrelid::regclass
    from pg_inherits i
    where i.inhparent = 'public.audit_logs'::regclass
      and i.inhrelid <> 'public.audit_logs_default'::regclass
  loop
    execute format('alter table public.audit_logs detach partition %s', v_name);
    execute format('alter table %s no force row level security', v_name);
    execute format('insert into public.audit_logs_default select * from %s', v_name);
    execute format('drop table %s', v_name);
  end loop;
  alter table public.audit_logs_default force row level security;
end
$$;
drop index public.performance_metrics_resolution_idx;
alter table public.performance_metrics
  drop constraint performance_metrics_summary_check,
  drop column metric_sum,
  drop column metric_max,
  drop column metric_min,
  drop column samples,
  drop column resolution,
  drop column instance;
comment on column public.performance_metrics.metric_value is null;
comment on column public.performance_metrics.recorded_at is null;
set role tm_audit;
drop function app.task_history(uuid, integer, timestamptz, uuid);
set role tm_owner;
revoke execute on function app.has_permission(text), app.is_admin(), app.current_team_ids() from tm_audit;
revoke select (id, name) on public.users from tm_audit;
revoke select on public.audit_logs from tm_audit;
drop policy users_audit_select_policy on public.users;
drop policy audit_logs_audit_select_policy on public.audit_logs;
drop function app.wire_names(jsonb);
alter policy audit_logs_admin_select_policy on public.audit_logs
  using ((select app.is_admin()));
alter policy audit_logs_select_policy on public.audit_logs
  using (team_id = any((select app.managed_team_ids())::uuid[]));
drop function app.drop_audit_partitions(interval);
drop function app.extend_audit_partitions(integer);
drop function app.make_audit_partition(date);
drop function app.audit_table(regclass, text[], text[]);
drop function app.refuse_truncate();
set role tm_audit;
drop function app.record_audit();
set role tm_owner;
drop function app.mask_secrets(jsonb, text[]);
revoke execute on function app.new_id(), app.current_user_id(), app.system_reason() from tm_audit;
drop policy audit_logs_audit_insert_policy on public.audit_logs;
revoke insert on public.audit_logs from tm_audit;
drop index public.audit_logs_request_idx;
alter table public.audit_logs alter column occurred_at set default now();
alter table public.audit_logs
  drop column reason,
  drop column actor,
  drop column record_key;
do $$
declare
  v_column text;
begin
  foreach v_column in array array['id', 'record_id', 'old_values', 'new_values', 'session_id']
  loop
    execute format('comment on column public.audit_logs.%I is null', v_column);
  end loop;
end
$$;
revoke usage on schema app from tm_audit;
delete from public.migrations
where name = 'Audit1700000000008'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
revoke usage on schema public from tm_audit;
