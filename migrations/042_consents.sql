-- 042: what people agreed to, and when they withdrew it.
set lock_timeout = '5s';
set role tm_owner;

create table public.consents (
  id uuid constraint consents_pkey primary key default app.new_id(),
  user_id uuid not null constraint consents_user_id_fkey references public.users (id) on delete cascade,
  purpose varchar(100) not null constraint consents_purpose_check check (purpose ~ '^[a-z0-9][a-z0-9._-]*$'),
  version varchar(50) not null constraint consents_version_check check (version ~ '\S'),
  is_given boolean not null,
  created_at timestamptz not null default now()
);
comment on table public.consents is
  'The history of consents, which is only added to: the newest row of a purpose says whether it is given.';
comment on column public.consents.version is 'The version of the text that the person agreed to.';
create index consents_user_purpose_idx on public.consents (user_id, purpose, created_at desc, id desc);

alter table public.consents enable row level security;
alter table public.consents force row level security;
create policy consents_select_policy on public.consents for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
create policy consents_insert_policy on public.consents for insert to tm_app_rw
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy consents_admin_select_policy on public.consents for select to tm_admin using ((select app.is_admin()));
create policy consents_admin_insert_policy on public.consents for insert to tm_admin
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy consents_privacy_select_policy on public.consents for select to tm_privacy using (true);
grant select on public.consents to tm_app_rw, tm_app_ro, tm_admin, tm_privacy;
grant insert (user_id, purpose, version, is_given) on public.consents to tm_app_rw, tm_admin;
select app.audit_table('public.consents');

insert into public.migrations ("timestamp", name)
select 1800000000042, 'Consents1800000000042'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Consents1800000000042');

reset role;
