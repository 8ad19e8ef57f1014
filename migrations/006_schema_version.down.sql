-- The way back of 006.
set lock_timeout = '5s';
set role tm_owner;
drop function app.schema_version();
delete from public.migrations
where name = 'SchemaVersion1700000000006'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
