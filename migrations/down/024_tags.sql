-- The way back of 024.
set lock_timeout = '5s';
set role tm_owner;
drop function app.event_types_of_tag(text, uuid, text[], jsonb, jsonb);
drop function app.event_data_of_tag(jsonb);
drop table public.tags;
delete from public.migrations
where name = 'Tags1800000000024'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
