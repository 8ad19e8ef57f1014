-- 028: users whom another issuer vouches for, such as Cloudflare Access.
set lock_timeout = '5s';
set role tm_owner;

create table public.user_identities (
  id uuid constraint user_identities_pkey primary key default app.new_id(),
  user_id uuid not null constraint user_identities_user_id_fkey references public.users (id) on delete cascade,
  issuer varchar(255) not null,
  subject varchar(255) not null constraint user_identities_subject_check check (subject ~ '\S'),
  email varchar(255),
  created_at timestamptz not null default now(),
  constraint user_identities_issuer_subject_key unique (issuer, subject),
  constraint user_identities_user_id_issuer_key unique (user_id, issuer)
);
comment on table public.user_identities is
  'By which subject another issuer knows a user. An e-mail address alone is no identity: it can be given to somebody else.';
comment on column public.user_identities.email is 'The address that the issuer stated when the identity was linked.';

alter table public.user_identities enable row level security;
alter table public.user_identities force row level security;
create policy user_identities_select_policy on public.user_identities for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
create policy user_identities_admin_select_policy on public.user_identities for select to tm_admin
  using ((select app.is_admin()));
create policy user_identities_admin_insert_policy on public.user_identities for insert to tm_admin
  with check ((select app.admin_may('*')));
create policy user_identities_admin_delete_policy on public.user_identities for delete to tm_admin
  using ((select app.admin_may('*')));
create policy user_identities_auth_select_policy on public.user_identities for select to tm_auth using (true);
create policy user_identities_auth_insert_policy on public.user_identities for insert to tm_auth with check (true);
grant select on public.user_identities to tm_app_rw, tm_app_ro;
grant select, insert, delete on public.user_identities to tm_admin;
grant select, insert on public.user_identities to tm_auth;
select app.audit_table('public.user_identities');

-- A session is a login with a refresh token, or belongs to one token of another issuer.
alter table public.sessions
  alter column refresh_hash drop not null,
  add column token_hash bytea constraint sessions_token_hash_key unique,
  add constraint sessions_origin_check check ((refresh_hash is null) <> (token_hash is null));
comment on column public.sessions.token_hash is 'SHA-256 of the token of another issuer that the session belongs to.';
select app.audit_table('public.sessions', '{refresh_hash,previous_refresh_hash,token_hash}');

\ir functions/start_external_session.sql
grant execute on function
  app.start_external_session(text, text, text, text, boolean, bytea, timestamptz, text)
  to tm_app_rw;
alter function app.start_external_session(text, text, text, text, boolean, bytea, timestamptz, text)
  owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000028, 'ExternalIdentities1800000000028'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ExternalIdentities1800000000028');

reset role;
