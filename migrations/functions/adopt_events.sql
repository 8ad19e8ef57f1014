create or replace function app.adopt_events() returns public.event_relay
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.event_relay
  set snapshot = pg_current_snapshot(),
      target = null,
      target_seq = null,
      floor_seq = (select s.last_value from public.audit_logs_seq s),
      system_identifier = (select c.system_identifier from pg_control_system() c)
  returning *;
end;
comment on function app.adopt_events() is
  'After a dump was restored into another cluster: the numbers of its transactions mean nothing here, so what came with it counts as published.';
