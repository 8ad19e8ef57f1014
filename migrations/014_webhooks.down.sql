-- The way back of 014.
set lock_timeout = '5s';
set role tm_owner;
drop function app.event_types(text, text, uuid, text[], jsonb, jsonb);
drop function app.event_data(text, jsonb);
drop function app.event_fields();
drop function app.webhook_event_data(jsonb);
alter function app.event_types_of_work(text, text, uuid, text[], jsonb, jsonb) rename to event_types;
alter function app.event_data_of_work(text, jsonb) rename to event_data;
alter function app.event_fields_of_work() rename to event_fields;
drop table public.webhook_dispatch;
drop table public.webhook_attempts;
drop table public.webhook_deliveries;
drop table public.webhook_secrets;
drop table public.webhooks;
drop function app.touch_webhook();
drop function app.webhook_lane(uuid, uuid, integer, boolean);
drop function app.event_type_matches(jsonb, text);
drop function app.webhook_team_ids(text);
set role tm_auth;
drop function app.rights_in_teams(uuid[], uuid[]);
set role tm_owner;
drop schema graphile_worker cascade;
delete from public.migrations
where name = 'Webhooks1700000000014'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
