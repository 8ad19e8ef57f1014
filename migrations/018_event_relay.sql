-- 018: the relay that publishes the trail, and what keeps the stream short.
set lock_timeout = '5s';
set role tm_owner;

\ir functions/adopt_events.sql
\ir functions/relay_events.sql
\ir functions/event_lag.sql
\ir functions/trim_events.sql
\ir functions/notice_due_tasks.sql

grant execute on function app.system_reason() to tm_relay;
grant execute on function
  app.relay_events(integer), app.event_lag(), app.trim_events(interval, integer), app.notice_due_tasks(interval)
  to tm_background;
grant create on schema app to tm_relay;
alter function app.adopt_events() owner to tm_relay;
alter function app.relay_events(integer) owner to tm_relay;
alter function app.event_lag() owner to tm_relay;
alter function app.trim_events(interval, integer) owner to tm_relay;
alter function app.notice_due_tasks(interval) owner to tm_relay;
revoke create on schema app from tm_relay;

insert into public.migrations ("timestamp", name)
select 1800000000018, 'EventRelay1800000000018'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'EventRelay1800000000018');

reset role;
