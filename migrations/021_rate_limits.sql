-- 021: what instances share without a server of their own: budgets of requests.
set lock_timeout = '5s';
set role tm_owner;

-- Unlogged: after a crash everybody has a fresh minute, which is no loss, and a lease costs no flush of the log.
create unlogged table public.request_budgets (
  subject varchar(64) not null,
  period bigint not null,
  budget integer not null constraint request_budgets_budget_check check (budget > 0),
  used integer not null constraint request_budgets_used_check check (used >= 0),
  granted integer not null constraint request_budgets_granted_check check (granted >= 0),
  constraint request_budgets_pkey primary key (subject, period)
) with (fillfactor = 50);
comment on table public.request_budgets is 'What the instances have taken of everybody''s requests for a minute. Nothing is kept for longer than two.';
comment on column public.request_budgets.subject is 'A hash of the credential or address, so that neither can be read here.';
comment on column public.request_budgets.period is 'Which minute: those since 1970.';
comment on column public.request_budgets.budget is 'Requests in a minute.';
comment on column public.request_budgets.used is 'What is spent and what instances hold to be spent.';
comment on column public.request_budgets.granted is 'What the last instance that asked has got.';
create index request_budgets_period_idx on public.request_budgets (period);
alter table public.request_budgets enable row level security;
alter table public.request_budgets force row level security;
create policy request_budgets_background_select_policy on public.request_budgets for select to tm_background
  using ((select app.system_reason()) is not null);
create policy request_budgets_background_insert_policy on public.request_budgets for insert to tm_background
  with check ((select app.system_reason()) is not null);
create policy request_budgets_background_update_policy on public.request_budgets for update to tm_background
  using ((select app.system_reason()) is not null) with check ((select app.system_reason()) is not null);
create policy request_budgets_background_delete_policy on public.request_budgets for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select, insert, update, delete on public.request_budgets to tm_background;

insert into public.migrations ("timestamp", name)
select 1800000000021, 'RateLimits1800000000021'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'RateLimits1800000000021');

reset role;
