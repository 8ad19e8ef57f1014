-- The way back of 018.
set lock_timeout = '5s';
set role tm_owner;
revoke execute on function app.system_reason() from tm_relay;
set role tm_relay;
drop function app.notice_due_tasks(interval);
drop function app.trim_events(interval, integer);
drop function app.event_lag();
drop function app.relay_events(integer);
drop function app.adopt_events();
set role tm_owner;
delete from public.migrations
where name = 'EventRelay1800000000018'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
