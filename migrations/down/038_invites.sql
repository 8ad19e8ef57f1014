-- The way back of 038.
set lock_timeout = '5s';
set role tm_owner;
drop function app.accept_invite_as_new(bytea, text, text, text);
drop function app.accept_invite(bytea);
drop function app.find_invite(bytea);
drop function app.settle_invite(uuid, uuid);
drop function app.event_types_of_invite(text, uuid, text[], jsonb, jsonb);
drop function app.event_data_of_invite(jsonb);
drop table public.invites;
drop function app.guard_invite();
delete from public.migrations
where name = 'Invites1800000000038'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
