-- 008: the audit trail. Triggers write it, in the transaction of the change and whichever path the change came by
-- (docs/decisions/0008-audit.md).
set lock_timeout = '5s';

-- As in 001: the role belongs to the cluster, and another database may have made it.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_audit') then
      create role tm_audit nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tm_audit to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_audit to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'some role memberships were not granted: %', sqlerrm;
  end;
end
$$;
grant usage on schema public to tm_audit;

set role tm_owner;
grant usage on schema app to tm_audit;

-- ---------------------------------------------------------------------------------------------------------------
-- The table
-- ---------------------------------------------------------------------------------------------------------------
alter table public.audit_logs
  add column record_key jsonb,
  add column actor varchar(63),
  add column reason text;
-- The moment of the write, not of the start of its transaction: a row is locked when its change is recorded, so the
-- changes of a record are in the order in which they were made, even when a transaction had to wait for another one.
alter table public.audit_logs alter column occurred_at set default clock_timestamp();
comment on column public.audit_logs.id is 'The unique id of the event.';
comment on column public.audit_logs.record_id is 'The record, where its key is one UUID.';
comment on column public.audit_logs.record_key is 'The columns of the key by name, where it is not one UUID.';
comment on column public.audit_logs.actor is 'The database role that wrote.';
comment on column public.audit_logs.reason is 'Why background work ran.';
comment on column public.audit_logs.old_values is 'UPDATE: what changed, as it was. DELETE: the whole row.';
comment on column public.audit_logs.new_values is 'INSERT and UPDATE: the whole row.';
comment on column public.audit_logs.session_id is 'The credential: a row of sessions or api_keys.';
create index audit_logs_request_idx on public.audit_logs (request_id) where request_id is not null;

create policy audit_logs_audit_insert_policy on public.audit_logs for insert to tm_audit with check (true);
grant insert on public.audit_logs to tm_audit;

-- ---------------------------------------------------------------------------------------------------------------
-- Recording
-- ---------------------------------------------------------------------------------------------------------------
create function app.mask_secrets(p_row jsonb, p_secret text[]) returns jsonb
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select p_row || coalesce(jsonb_object_agg(s.name, '[secret]'), '{}')
  from unnest(p_secret) s (name)
  where p_row -> s.name <> 'null';
end;
comment on function app.mask_secrets(jsonb, text[]) is 'The row with a marker in the place of each secret that it holds.';

create function app.record_audit() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  c_id constant text := tg_argv[0];
  c_key constant text[] := tg_argv[1];
  c_team constant text := tg_argv[2];
  c_generated constant text[] := tg_argv[3];
  c_silent constant text[] := tg_argv[4];
  c_secret constant text[] := tg_argv[5];
  v_user uuid := app.current_user_id();
  v_session uuid := nullif(current_setting('app.credential_id', true), '');
  v_actor text := current_setting('role');
  v_reason text := app.system_reason();
  v_request jsonb := nullif(current_setting('app.request', true), '');
  v_request_id text := left(v_request ->> 'id', 64);
  v_agent text := left(v_request ->> 'userAgent', 512);
  v_ip inet;
begin
  if v_actor = 'none' then
    v_actor := session_user;
  end if;
  -- A proxy may forward what is no address. That is no reason to refuse a write.
  if v_request ->> 'ip' is not null then
    begin
      v_ip := v_request ->> 'ip';
    exception
      when invalid_text_representation then null;
    end;
  end if;
  if tg_op = 'INSERT' then
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      new_values, ip_address, user_agent, session_id, request_id)
    select
      (r.row ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.row ->> c_id)::uuid, k.key, tg_op,
      case when c_secret = '{}' then r.row else app.mask_secrets(r.row, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from (select to_jsonb(a) - c_generated as row from after_rows a) r
    cross join lateral (select jsonb_object_agg(c.name, r.row -> c.name) from unnest(c_key) c (name)) k (key);
  elsif tg_op = 'DELETE' then
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      old_values, ip_address, user_agent, session_id, request_id)
    select
      (r.row ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.row ->> c_id)::uuid, k.key, tg_op,
      case when c_secret = '{}' then r.row else app.mask_secrets(r.row, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from (select to_jsonb(b) - c_generated as row from before_rows b) r
    cross join lateral (select jsonb_object_agg(c.name, r.row -> c.name) from unnest(c_key) c (name)) k (key);
  else
    -- PostgreSQL adds both images of a row to the two tables at once, so place n of one belongs to place n of the other,
    -- also when the key itself was changed.
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      old_values, new_values, ip_address, user_agent, session_id, request_id)
    select
      (r.after ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.after ->> c_id)::uuid, k.key, tg_op,
      case when c_secret = '{}' then d.before else app.mask_secrets(d.before, c_secret) end,
      case when c_secret = '{}' then r.after else app.mask_secrets(r.after, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from (
      select o.row as before, n.row as after
      from (select row_number() over () as place, to_jsonb(b) - c_generated as row from before_rows b) o
      join (select row_number() over () as place, to_jsonb(a) - c_generated as row from after_rows a) n using (place)
    ) r
    cross join lateral (
      select jsonb_object_agg(v.key, v.value)
      from jsonb_each(r.before) v
      where v.value <> r.after -> v.key
        and v.key <> all(c_silent)
    ) d (before)
    cross join lateral (select jsonb_object_agg(c.name, r.after -> c.name) from unnest(c_key) c (name)) k (key)
    where d.before is not null;
  end if;
  return null;
end
$$;
comment on function app.record_audit() is
  'Writes one row of audit_logs for each record that a statement has changed. app.audit_table attaches it and gives it what it needs to know of the table.';

create function app.refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'table % is audited: its rows can be deleted, not truncated', tg_table_name using errcode = '0A000';
end
$$;
comment on function app.refuse_truncate() is 'TRUNCATE would remove records without leaving a row for each. For the owner: nobody else has the right at all.';

create function app.audit_table(p_table regclass, p_secret text[] default '{}', p_bookkeeping text[] default '{}')
returns void
language plpgsql
as $$
declare
  v_name text := (select relname from pg_class where oid = p_table);
  v_columns text[] := array(
    select a.attname from pg_attribute a where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped);
  v_generated text[] := array(
    select a.attname from pg_attribute a where a.attrelid = p_table and a.attgenerated <> '' and not a.attisdropped
    order by a.attnum);
  v_key text[] := array(
    select a.attname
    from pg_index i
    cross join lateral unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = p_table
      and i.indisprimary
    order by k.place);
  v_unknown text[] := array(select unnest(p_secret || p_bookkeeping) except select unnest(v_columns));
  v_is_id boolean;
  v_arguments text;
begin
  if v_key = '{}' then
    raise exception 'table % has no primary key', p_table;
  elsif v_unknown <> '{}' then
    raise exception 'table % has no columns %', p_table, v_unknown;
  end if;
  v_is_id := cardinality(v_key) = 1 and exists (
    select from pg_attribute a where a.attrelid = p_table and a.attname = v_key[1] and a.atttypid = 'uuid'::regtype);
  v_arguments := format('%L, %L, %L, %L, %L, %L',
    case when v_is_id then v_key[1] else '' end,
    case when v_is_id then '{}' else v_key end,
    case when p_table = 'public.teams'::regclass then 'id' when 'team_id' = any(v_columns) then 'team_id' else '' end,
    v_generated,
    p_bookkeeping || array(select unnest(array['updated_at', 'version']) intersect select unnest(v_columns) order by 1),
    p_secret);
  execute format(
    'create or replace trigger %I after insert on %s referencing new table as after_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_insert', p_table, v_arguments);
  execute format(
    'create or replace trigger %I after update on %s referencing old table as before_rows new table as after_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_update', p_table, v_arguments);
  execute format(
    'create or replace trigger %I after delete on %s referencing old table as before_rows
     for each statement execute function app.record_audit(%s)',
    v_name || '_audit_delete', p_table, v_arguments);
  execute format(
    'create or replace trigger %I before truncate on %s for each statement execute function app.refuse_truncate()',
    v_name || '_audit_truncate', p_table);
end
$$;
comment on function app.audit_table(regclass, text[], text[]) is
  'Attaches the audit trail to a table: columns whose values it must never hold, and columns whose change alone leaves no row (updated_at and version never do). Every new table calls it, and again when its key or generated columns change.';

grant execute on function
  app.new_id(), app.current_user_id(), app.system_reason(), app.mask_secrets(jsonb, text[])
  to tm_audit;
grant create on schema app to tm_audit;
alter function app.record_audit() owner to tm_audit;
revoke create on schema app from tm_audit;
set role tm_audit;
revoke execute on function app.record_audit() from public;
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
  app.audit_table('public.validation_results'),
  app.audit_table('public.error_logs', '{}', '{occurrence_count,last_occurred_at}'),
  app.audit_table('public.teams'),
  app.audit_table('public.team_members'),
  app.audit_table('public.user_roles'),
  app.audit_table('public.users', '{password_hash}', '{last_login_at,login_attempts}'),
  app.audit_table('public.api_keys', '{key_hash}', '{last_used_at}'),
  app.audit_table('public.sessions', '{refresh_hash,previous_refresh_hash}');

-- ---------------------------------------------------------------------------------------------------------------
-- Partitions
-- ---------------------------------------------------------------------------------------------------------------
create function app.make_audit_partition(p_month date) returns boolean language plpgsql as $$
declare
  v_name text := 'audit_logs_' || to_char(p_month, 'YYYY_MM');
  v_from timestamptz := p_month::timestamp at time zone 'UTC';
  v_to timestamptz := (p_month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('public.' || v_name) is not null then
    return false;
  end if;
  -- Made alone and attached: that locks the default partition, where `partition of` would stop every writer of the table.
  execute format('create table public.%I (like public.audit_logs including defaults including constraints)', v_name);
  -- FORCE binds the owner, and rows that came before their partition have to move into it.
  alter table public.audit_logs_default no force row level security;
  execute format(
    'with moved as (
       delete from public.audit_logs_default where occurred_at >= %L and occurred_at < %L returning *
     )
     insert into public.%I select * from moved', v_from, v_to, v_name);
  alter table public.audit_logs_default force row level security;
  execute format('alter table public.%I enable row level security', v_name);
  execute format('alter table public.%I force row level security', v_name);
  execute format('alter table public.audit_logs attach partition public.%I for values from (%L) to (%L)', v_name, v_from, v_to);
  return true;
end
$$;
comment on function app.make_audit_partition(date) is 'The partition of a month, without any grant. False when it is there.';

create function app.extend_audit_partitions(p_months integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '250ms'
as $$
declare
  v_first date := date_trunc('month', now() at time zone 'UTC');
  v_made integer := 0;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep makes partitions' using errcode = '42501';
  end if;
  for v_month in 0..p_months
  loop
    v_made := v_made + app.make_audit_partition((v_first + make_interval(months => v_month))::date)::integer;
  end loop;
  return v_made;
end
$$;
comment on function app.extend_audit_partitions(integer) is 'Partitions for this month and so many months ahead; how many were missing. A lock that is not free at once is tried at the next turn, because writers would queue behind it.';

create function app.drop_audit_partitions(p_keep interval) returns text[]
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '250ms'
as $$
declare
  v_name text;
  v_dropped text[] := '{}';
begin
  if app.system_reason() is null then
    raise exception 'only upkeep drops partitions' using errcode = '42501';
  elsif p_keep < interval '1 day' then
    raise exception 'the audit trail is kept for a day at least' using errcode = '22023';
  end if;
  for v_name in
    select c.relname
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_logs'::regclass
      and c.relname ~ '^audit_logs_\d{4}_\d\d$'
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= now() - p_keep
    order by c.relname
  loop
    execute format('drop table public.%I', v_name);
    v_dropped := v_dropped || v_name;
  end loop;
  return v_dropped;
end
$$;
comment on function app.drop_audit_partitions(interval) is 'Drops the partitions whose last row is older than this, and names them.';
grant execute on function app.extend_audit_partitions(integer), app.drop_audit_partitions(interval) to tm_background;

-- Also for rows that were there before, which are in the default partition.
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
-- The trail shows every table at once, so a credential that is narrowed to some of them must not read it.
alter policy audit_logs_select_policy on public.audit_logs
  using (
    team_id = any((select app.managed_team_ids())::uuid[])
    and (select app.has_permission('tasks:read'))
    and not (select app.is_narrowed()));
alter policy audit_logs_admin_select_policy on public.audit_logs
  using ((select app.admin_may('audit:read')));

create function app.wire_names(p_row jsonb) returns jsonb
language sql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(jsonb_object_agg(lower(left(r.key, 1)) || substr(replace(initcap(r.key), '_', ''), 2), r.value), '{}')
  from jsonb_each(p_row) r;
end;
comment on function app.wire_names(jsonb) is 'A row of the trail with the names that clients know: due_date as dueDate.';
grant execute on function app.wire_names(jsonb) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

-- The trail itself is for those who manage the team; what became of one task is for everybody who may read it.
create function app.task_history(p_task uuid, p_limit integer, p_time timestamptz, p_id uuid)
returns table (
  id uuid, occurred_at timestamptz, operation text, user_id uuid, user_name text, request_id text,
  old_values jsonb, new_values jsonb)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select a.id, a.occurred_at, a.operation::text, a.user_id, u.name::text, a.request_id::text, a.old_values, a.new_values
  from public.audit_logs a
  left join public.users u on u.id = a.user_id
  where a.record_id = p_task
    and a.table_name = 'tasks'
    and app.has_permission('tasks:read')
    and (app.is_admin() or a.team_id = any(app.current_team_ids()))
    and (a.occurred_at, a.id)
      < (coalesce(p_time, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  order by a.occurred_at desc, a.id desc
  limit p_limit;
end;
comment on function app.task_history(uuid, integer, timestamptz, uuid) is
  'The changes of a task before a moment, newest first, for who may read the task. Names are those of everybody who changed it, also of former members and admins.';
create policy audit_logs_audit_select_policy on public.audit_logs for select to tm_audit using (true);
create policy users_audit_select_policy on public.users for select to tm_audit using (true);
grant select on public.audit_logs to tm_audit;
grant select (id, name) on public.users to tm_audit;
grant execute on function app.has_permission(text), app.is_admin(), app.current_team_ids() to tm_audit;
grant create on schema app to tm_audit;
alter function app.task_history(uuid, integer, timestamptz, uuid) owner to tm_audit;
revoke create on schema app from tm_audit;
set role tm_audit;
revoke execute on function app.task_history(uuid, integer, timestamptz, uuid) from public;
grant execute on function app.task_history(uuid, integer, timestamptz, uuid) to tm_app_rw, tm_app_ro, tm_admin;
set role tm_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- The service's own measurements: as they were taken, then by the hour, then by the day
-- ---------------------------------------------------------------------------------------------------------------
alter table public.performance_metrics
  add column instance varchar(255) not null default '',
  add column resolution varchar(10) not null default 'raw'
    constraint performance_metrics_resolution_check check (resolution in ('raw', 'hour', 'day')),
  add column samples integer not null default 1 constraint performance_metrics_samples_check check (samples > 0),
  add column metric_min double precision,
  add column metric_max double precision,
  add column metric_sum numeric,
  -- Sums are kept as numeric, so that means stay exact however often they are summed up.
  add constraint performance_metrics_summary_check check (
    resolution = 'raw' or (metric_min is not null and metric_max is not null and metric_sum is not null));
comment on column public.performance_metrics.metric_value is 'What was measured; of an hour or a day the mean.';
comment on column public.performance_metrics.recorded_at is 'When it was measured; of an hour or a day its start, in UTC.';
comment on column public.performance_metrics.instance is 'The instance of the service that measured itself.';
create index performance_metrics_resolution_idx on public.performance_metrics (resolution, recorded_at);

insert into public.migrations ("timestamp", name)
select 1700000000008, 'Audit1700000000008'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Audit1700000000008');

reset role;
