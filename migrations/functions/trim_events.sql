create or replace function app.trim_events(p_keep interval, p_most integer) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_through bigint;
  v_moment timestamptz;
  v_dropped integer;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep drops events' using errcode = '42501';
  end if;
  select max(e.position), max(e.published_at) into v_through, v_moment
  from (select * from public.events order by position limit p_most) e
  where e.published_at < now() - p_keep;
  delete from public.events where position <= v_through;
  get diagnostics v_dropped = row_count;
  -- Last, because the relay waits for this row.
  if v_dropped > 0 then
    update public.event_relay set trimmed = v_through, trimmed_at = v_moment;
  end if;
  return v_dropped;
end
$$;
comment on function app.trim_events(interval, integer) is 'Drops the oldest events when they are older than this, so many at most; how many.';
