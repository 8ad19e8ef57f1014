-- 050: an account that a stranger made for somebody's address gives the stranger nothing once its owner comes.
set lock_timeout = '5s';
set role tm_owner;

create policy api_keys_auth_update_policy on public.api_keys for update to tm_auth using (true) with check (true);
grant update (revoked_at, updated_at, version) on public.api_keys to tm_auth;

\ir functions/void_unproven_account.sql
grant execute on function app.void_unproven_account(uuid) to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000050, 'UnprovenAccounts1800000000050'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'UnprovenAccounts1800000000050');

reset role;
