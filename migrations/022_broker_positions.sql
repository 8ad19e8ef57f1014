-- 022: how far the stream of events has been handed to each broker.
set lock_timeout = '5s';
set role tm_owner;

create table public.broker_positions (
  broker text constraint broker_positions_pkey primary key,
  position bigint not null default 0 constraint broker_positions_position_check check (position >= 0),
  publisher uuid,
  leased_until timestamptz,
  updated_at timestamptz not null default now()
);
comment on table public.broker_positions is 'How far the stream of events has been handed to a broker, and which instance is at it.';
comment on column public.broker_positions.position is 'The last event that the broker has acknowledged; everything up to it has been.';
comment on column public.broker_positions.publisher is 'The instance that publishes.';
comment on column public.broker_positions.leased_until is 'From then on another instance may take over.';
alter table public.broker_positions enable row level security;
alter table public.broker_positions force row level security;
create policy broker_positions_admin_select_policy on public.broker_positions for select to tm_admin
  using ((select app.is_admin()));
create policy broker_positions_background_select_policy on public.broker_positions for select to tm_background
  using ((select app.system_reason()) is not null);
create policy broker_positions_background_insert_policy on public.broker_positions for insert to tm_background
  with check ((select app.system_reason()) is not null);
create policy broker_positions_background_update_policy on public.broker_positions for update to tm_background
  using ((select app.system_reason()) is not null) with check ((select app.system_reason()) is not null);
grant select on public.broker_positions to tm_admin;
grant select, insert, update on public.broker_positions to tm_background;

insert into public.migrations ("timestamp", name)
select 1800000000022, 'BrokerPositions1800000000022'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'BrokerPositions1800000000022');

reset role;
