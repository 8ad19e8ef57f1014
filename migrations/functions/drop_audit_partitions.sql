create or replace function app.drop_audit_partitions(p_keep interval) returns text[]
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
