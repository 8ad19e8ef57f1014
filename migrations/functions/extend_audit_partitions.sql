create or replace function app.extend_audit_partitions(p_months integer) returns integer
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
