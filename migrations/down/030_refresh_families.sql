-- The way back of 030. Sessions stay: the earlier function exchanges their tokens too.
set lock_timeout = '5s';
set role tm_owner;
drop function app.exchange_refresh_token(bytea, bytea, bytea);
alter table public.sessions drop column family_hash;
select app.audit_table('public.sessions', '{refresh_hash,previous_refresh_hash,token_hash}');
delete from public.migrations
where name = 'RefreshFamilies1800000000030'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
