-- 035: API keys that work only from some networks.
set lock_timeout = '5s';
set role tm_owner;

alter table public.api_keys
  add column allowed_networks jsonb
    constraint api_keys_allowed_networks_check check (jsonb_typeof(allowed_networks) = 'array');
comment on column public.api_keys.allowed_networks is
  'Networks (CIDR) that it may be used from; null: all. The service compares, because it knows the address behind the proxies.';
grant select (allowed_networks) on public.api_keys to tm_app_rw, tm_app_ro, tm_admin;

insert into public.migrations ("timestamp", name)
select 1800000000035, 'ApiKeyNetworks1800000000035'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ApiKeyNetworks1800000000035');

reset role;
