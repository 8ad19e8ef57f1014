create or replace function app.record_audit() returns trigger
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
  -- Without offset 0, PostgreSQL makes the JSON of a row again at each place that names it: three times for a new task. Most
  -- tables have an id, and a sub-select for the key of the others costs them nothing. Both together: 390,000 instructions of
  -- the 4.2 million of a create.
  if tg_op = 'INSERT' then
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      new_values, ip_address, user_agent, session_id, request_id)
    select
      (r.row ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.row ->> c_id)::uuid,
      case when c_key <> '{}' then (select jsonb_object_agg(c.name, r.row -> c.name) from unnest(c_key) c (name)) end, tg_op,
      case when c_secret = '{}' then r.row else app.mask_secrets(r.row, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from (select to_jsonb(a) - c_generated as row from after_rows a offset 0) r;
  elsif tg_op = 'DELETE' then
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      old_values, ip_address, user_agent, session_id, request_id)
    select
      (r.row ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.row ->> c_id)::uuid,
      case when c_key <> '{}' then (select jsonb_object_agg(c.name, r.row -> c.name) from unnest(c_key) c (name)) end, tg_op,
      case when c_secret = '{}' then r.row else app.mask_secrets(r.row, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from (select to_jsonb(b) - c_generated as row from before_rows b offset 0) r;
  else
    -- PostgreSQL adds both images of a row to the two tables at once, so place n of one belongs to place n of the other,
    -- also when the key itself was changed. Arrays pair them without a join: the plan of a join is that of the first update of
    -- the session, which is of one row, and then took quadratic time: 5,000 updated tasks took 44 s instead of 1.3 s.
    insert into public.audit_logs (
      team_id, user_id, actor, reason, table_name, record_id, record_key, operation,
      old_values, new_values, ip_address, user_agent, session_id, request_id)
    select
      (r.after ->> c_team)::uuid, v_user, v_actor, v_reason, tg_table_name, (r.after ->> c_id)::uuid,
      case when c_key <> '{}' then (select jsonb_object_agg(c.name, r.after -> c.name) from unnest(c_key) c (name)) end, tg_op,
      case when c_secret = '{}' then d.before else app.mask_secrets(d.before, c_secret) end,
      case when c_secret = '{}' then r.after else app.mask_secrets(r.after, c_secret) end,
      v_ip, v_agent, v_session, v_request_id
    from rows from (
      unnest(array(select to_jsonb(b) - c_generated from before_rows b)),
      unnest(array(select to_jsonb(a) - c_generated from after_rows a))
    ) r (before, after)
    cross join lateral (
      select jsonb_object_agg(v.key, v.value)
      from jsonb_each(r.before) v
      where v.value <> r.after -> v.key
        and v.key <> all(c_silent)
    ) d (before)
    where d.before is not null;
  end if;
  return null;
end
$$;
comment on function app.record_audit() is
  'Writes one row of audit_logs for each record that a statement has changed. app.audit_table attaches it and gives it what it needs to know of the table.';
