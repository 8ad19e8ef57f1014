create or replace function app.event_bounds() returns table (trimmed bigint, head bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select r.trimmed, r.position
  from public.event_relay r;
end;
comment on function app.event_bounds() is 'The last position that is gone, and the last that there is.';
