-- The way back of 035. A key with networks would work from everywhere: it ends.
set lock_timeout = '5s';
set role tm_owner;
alter table public.api_keys no force row level security;
update public.api_keys
set revoked_at = now()
where allowed_networks is not null
  and revoked_at is null;
alter table public.api_keys force row level security;
alter table public.api_keys drop column allowed_networks;
delete from public.migrations
where name = 'ApiKeyNetworks1800000000035'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
