-- The way back of 005: the trail keeps its rows, in one partition again.
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
revoke usage on sequence public.audit_logs_seq from tm_audit;
revoke execute on function app.has_permission(text), app.is_admin(), app.current_team_ids() from tm_audit;
revoke select (id, name) on public.users from tm_audit;
revoke select on public.audit_logs from tm_audit;
drop policy users_audit_select_policy on public.users;
drop policy audit_logs_audit_select_policy on public.audit_logs;
revoke execute on function app.new_id(), app.current_user_id(), app.system_reason() from tm_audit;
revoke insert on public.audit_logs from tm_audit;
drop policy audit_logs_audit_insert_policy on public.audit_logs;
set role tm_audit;
drop function app.task_history(uuid, integer, timestamptz, uuid);
set role tm_owner;
drop function app.wire_names(jsonb);
drop function app.drop_audit_partitions(interval);
drop function app.extend_audit_partitions(integer);
drop function app.make_audit_partition(date);
drop function app.audit_table(regclass, text[], text[]);
drop function app.mask_secrets(jsonb, text[]);
drop function app.refuse_truncate();
set role tm_audit;
drop function app.record_audit();
set role tm_owner;
delete from public.migrations
where name = 'Audit1800000000005'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
