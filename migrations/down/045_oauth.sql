-- The way back of 045. What was allowed to clients ends, and their tokens with it.
set lock_timeout = '5s';
set role tm_owner;
delete from public.sessions where oauth_grant_id is not null;
drop function app.end_oauth_session(bytea);
drop function app.find_oauth_session(bytea);
drop function app.start_oauth_session(bytea, uuid, jsonb, text, timestamptz, inet, text);
drop function app.revoke_oauth_grant(uuid);
drop function app.find_oauth_grant(uuid);
drop function app.delete_oauth_record(text, bytea);
drop function app.settle_oauth_record(text, bytea);
drop function app.consume_oauth_record(text, bytea);
drop function app.find_oauth_record(text, bytea, boolean);
drop function app.save_oauth_record(text, bytea, bytea, uuid, bytea, timestamptz, boolean);
alter table public.sessions
  drop constraint sessions_oauth_check,
  drop column oauth_grant_id,
  drop column resource;
drop table public.oauth_records;
drop table public.oauth_grants;
drop function app.end_oauth_grant();
delete from public.migrations
where name = 'Oauth1800000000045'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
