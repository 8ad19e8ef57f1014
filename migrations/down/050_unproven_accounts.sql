-- The way back of 050.
set lock_timeout = '5s';
set role tm_owner;
drop function app.void_unproven_account(uuid);
drop policy api_keys_auth_update_policy on public.api_keys;
revoke update on public.api_keys from tm_auth;
delete from public.migrations
where name = 'UnprovenAccounts1800000000050'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
