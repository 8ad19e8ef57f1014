-- The way back of 020.
set lock_timeout = '5s';
set role tm_owner;
drop function app.event_type_matches(jsonb, text);
drop function app.webhook_lane(uuid, uuid, integer, boolean);
set role tm_auth;
drop function app.rights_in_teams(uuid[], uuid[]);
set role tm_owner;
drop table public.webhook_dispatch;
drop table public.webhook_attempts;
drop table public.webhook_deliveries;
drop table public.webhook_secrets;
drop table public.webhooks;
drop function app.touch_webhook();
drop function app.webhook_team_ids(text);
delete from public.migrations
where name = 'Webhooks1800000000020'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
