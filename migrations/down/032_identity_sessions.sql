-- The way back of 032. Identities that were removed stay removed, and the sessions that they started stay ended.
set lock_timeout = '5s';
set role tm_owner;
drop trigger user_identities_sessions on public.user_identities;
drop function app.end_identity_sessions();
alter table public.sessions drop column identity_id;
alter table public.user_identities drop constraint user_identities_user_id_id_key;
delete from public.migrations
where name = 'IdentitySessions1800000000032'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
