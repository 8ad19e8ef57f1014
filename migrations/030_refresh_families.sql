-- 030: every earlier refresh token of a session is recognised, not only the last one.
set lock_timeout = '5s';
set role tm_owner;

alter table public.sessions add column family_hash bytea constraint sessions_family_hash_key unique;
comment on column public.sessions.family_hash is
  'SHA-256 of the part that all refresh tokens of the session share; set with the first exchange.';
select app.audit_table('public.sessions', '{refresh_hash,previous_refresh_hash,family_hash,token_hash}');

-- app.rotate_session stays for instances of the previous version, which run beside new ones during an update.
\ir functions/exchange_refresh_token.sql
grant execute on function app.exchange_refresh_token(bytea, bytea, bytea) to tm_app_rw;
alter function app.exchange_refresh_token(bytea, bytea, bytea) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000030, 'RefreshFamilies1800000000030'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'RefreshFamilies1800000000030');

reset role;
