-- 032: the sessions that an identity started end with it.
set lock_timeout = '5s';
set role tm_owner;

alter table public.user_identities add constraint user_identities_user_id_id_key unique (user_id, id);
alter table public.sessions
  add column identity_id uuid,
  add constraint sessions_identity_id_fkey foreign key (user_id, identity_id)
    references public.user_identities (user_id, id) on delete set null (identity_id),
  add constraint sessions_identity_check check (identity_id is null or token_hash is not null);
comment on column public.sessions.identity_id is
  'The identity that started the session. The reference keeps a removal and a sign-in at the same moment apart.';
create index sessions_identity_id_idx on public.sessions (user_id, identity_id) where identity_id is not null;

\ir functions/end_identity_sessions.sql
create trigger user_identities_sessions after delete on public.user_identities
  for each row execute function app.end_identity_sessions();
alter function app.end_identity_sessions() owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000032, 'IdentitySessions1800000000032'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'IdentitySessions1800000000032');

reset role;
