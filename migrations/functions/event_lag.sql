create or replace function app.event_lag() returns table (rows bigint, seconds double precision)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
begin atomic
  select count(*), coalesce(extract(epoch from clock_timestamp() - min(a.occurred_at))::double precision, 0)
  from public.event_relay r
  cross join lateral (
    select l.occurred_at, l.seq
    from public.audit_logs l
    where l.xid >= pg_snapshot_xmax(r.snapshot)
      and l.xid < pg_snapshot_xmax(pg_current_snapshot())
    union all
    select l.occurred_at, l.seq
    from public.audit_logs l
    where l.xid = any(array(select pg_snapshot_xip(r.snapshot)))
  ) a
  where a.seq > greatest(r.floor_seq, r.target_seq)
    and app.system_reason() is not null;
end;
comment on function app.event_lag() is 'Rows of the trail that are committed and not published, and the age of the oldest.';
