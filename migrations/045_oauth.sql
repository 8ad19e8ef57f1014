-- 045: OAuth: what users have allowed to clients, and the codes and tokens of the protocol.
set lock_timeout = '5s';
set role tm_owner;

create table public.oauth_grants (
  id uuid constraint oauth_grants_pkey primary key,
  user_id uuid not null constraint oauth_grants_user_id_fkey references public.users (id) on delete cascade,
  client_id varchar(500) not null,
  client_name varchar(200) not null,
  resource varchar(500) not null,
  scopes jsonb not null constraint oauth_grants_scopes_check check (jsonb_typeof(scopes) = 'array'),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint oauth_grants_user_id_id_key unique (user_id, id)
);
comment on table public.oauth_grants is
  'What a user has allowed to an OAuth client: one row for each time that they agreed. Revoking it ends the tokens of the client.';
comment on column public.oauth_grants.resource is 'The only audience of its tokens (RFC 8707).';
comment on column public.oauth_grants.last_used_at is 'When its latest access token was issued.';
create index oauth_grants_user_created_idx on public.oauth_grants (user_id, created_at desc);
create index oauth_grants_expires_at_idx on public.oauth_grants (expires_at);
create trigger oauth_grants_touch before update on public.oauth_grants for each row execute function app.touch_row();
create trigger oauth_grants_revoked before update of revoked_at on public.oauth_grants
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function app.keep_revoked();

create table public.oauth_records (
  kind varchar(40) not null,
  id_hash bytea not null constraint oauth_records_id_hash_check check (length(id_hash) = 32),
  lookup_hash bytea constraint oauth_records_lookup_hash_check check (length(lookup_hash) = 32),
  grant_id uuid constraint oauth_records_grant_id_fkey references public.oauth_grants (id) on delete cascade,
  payload bytea not null,
  claimed_at timestamptz,
  consumed_at timestamptz,
  settled_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint oauth_records_pkey primary key (kind, id_hash)
);
comment on table public.oauth_records is
  'Codes, refresh tokens, registered clients and unfinished requests of OAuth: SHA-256 of each, and what it stands for, sealed by the service.';
comment on column public.oauth_records.lookup_hash is 'HMAC of the code that somebody types for a device.';
comment on column public.oauth_records.claimed_at is 'When somebody confirmed the code of a device. Nobody else can any more.';
comment on column public.oauth_records.consumed_at is 'When it was exchanged. It is kept until it expires, so that a second use is noticed.';
comment on column public.oauth_records.settled_at is
  'When the tokens of the exchange were stored. A request that came before loses; one that comes later ends the grant.';
create unique index oauth_records_lookup_key on public.oauth_records (kind, lookup_hash) where lookup_hash is not null;
create index oauth_records_grant_id_idx on public.oauth_records (grant_id) where grant_id is not null;
create index oauth_records_expires_at_idx on public.oauth_records (expires_at);
create trigger oauth_records_touch before update on public.oauth_records for each row execute function app.touch_row();

-- An access token is a session, so that PostgreSQL checks it with every statement.
alter table public.sessions
  add column oauth_grant_id uuid,
  add column resource varchar(500),
  add constraint sessions_oauth_grant_id_fkey foreign key (user_id, oauth_grant_id)
    references public.oauth_grants (user_id, id) on delete cascade,
  add constraint sessions_oauth_check check (
    (oauth_grant_id is null) = (resource is null)
    and (oauth_grant_id is null or (token_hash is not null and scopes is not null)));
comment on column public.sessions.oauth_grant_id is 'The grant whose access token the session is.';
comment on column public.sessions.resource is 'The audience of that token.';
create index sessions_oauth_grant_id_idx on public.sessions (user_id, oauth_grant_id) where oauth_grant_id is not null;

\ir functions/end_oauth_grant.sql
create trigger oauth_grants_end after update of revoked_at on public.oauth_grants
  for each row when (old.revoked_at is null and new.revoked_at is not null) execute function app.end_oauth_grant();
alter function app.end_oauth_grant() owner to tm_auth;

alter table public.oauth_grants enable row level security;
alter table public.oauth_grants force row level security;
create policy oauth_grants_select_policy on public.oauth_grants for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
create policy oauth_grants_insert_policy on public.oauth_grants for insert to tm_app_rw
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy oauth_grants_update_policy on public.oauth_grants for update to tm_app_rw
  using (user_id = (select app.current_user_id()) and not (select app.is_narrowed()))
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy oauth_grants_admin_select_policy on public.oauth_grants for select to tm_admin
  using ((select app.is_admin()));
-- Nobody agrees for somebody else, administrators neither; they may revoke.
create policy oauth_grants_admin_insert_policy on public.oauth_grants for insert to tm_admin
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
create policy oauth_grants_admin_update_policy on public.oauth_grants for update to tm_admin
  using ((select app.admin_may('*')) and not (select app.is_narrowed()))
  with check ((select app.admin_may('*')) and not (select app.is_narrowed()));
create policy oauth_grants_auth_select_policy on public.oauth_grants for select to tm_auth using (true);
create policy oauth_grants_auth_update_policy on public.oauth_grants for update to tm_auth using (true) with check (true);
create policy oauth_grants_background_select_policy on public.oauth_grants for select to tm_background
  using ((select app.system_reason()) is not null);
create policy oauth_grants_background_delete_policy on public.oauth_grants for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select on public.oauth_grants to tm_app_rw, tm_app_ro, tm_admin;
grant insert (id, user_id, client_id, client_name, resource, scopes, expires_at) on public.oauth_grants
  to tm_app_rw, tm_admin;
grant update (revoked_at) on public.oauth_grants to tm_app_rw, tm_admin;
grant select, update on public.oauth_grants to tm_auth;
-- For the copy that people get of their data (040).
create policy oauth_grants_privacy_select_policy on public.oauth_grants for select to tm_privacy using (true);
grant select on public.oauth_grants to tm_privacy;
grant select (id, expires_at), delete on public.oauth_grants to tm_background;
select app.audit_table('public.oauth_grants', '{}', '{last_used_at}');

alter table public.oauth_records enable row level security;
alter table public.oauth_records force row level security;
create policy oauth_records_auth_select_policy on public.oauth_records for select to tm_auth using (true);
create policy oauth_records_auth_insert_policy on public.oauth_records for insert to tm_auth with check (true);
create policy oauth_records_auth_update_policy on public.oauth_records for update to tm_auth
  using (true) with check (true);
create policy oauth_records_auth_delete_policy on public.oauth_records for delete to tm_auth using (true);
create policy oauth_records_background_select_policy on public.oauth_records for select to tm_background
  using ((select app.system_reason()) is not null);
create policy oauth_records_background_delete_policy on public.oauth_records for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select, insert, update, delete on public.oauth_records to tm_auth;
grant select (kind, id_hash, expires_at), delete on public.oauth_records to tm_background;

\ir functions/save_oauth_record.sql
\ir functions/find_oauth_record.sql
\ir functions/consume_oauth_record.sql
\ir functions/settle_oauth_record.sql
\ir functions/delete_oauth_record.sql
\ir functions/find_oauth_grant.sql
\ir functions/revoke_oauth_grant.sql
\ir functions/start_oauth_session.sql
\ir functions/find_oauth_session.sql
\ir functions/end_oauth_session.sql
grant execute on function
  app.save_oauth_record(text, bytea, bytea, uuid, bytea, timestamptz, boolean), app.find_oauth_record(text, bytea, boolean),
  app.consume_oauth_record(text, bytea), app.settle_oauth_record(text, bytea), app.delete_oauth_record(text, bytea), app.find_oauth_grant(uuid),
  app.revoke_oauth_grant(uuid), app.start_oauth_session(bytea, uuid, jsonb, text, timestamptz, inet, text),
  app.end_oauth_session(bytea)
  to tm_app_rw;
grant execute on function app.find_oauth_session(bytea) to tm_app_rw, tm_app_ro;
alter function app.save_oauth_record(text, bytea, bytea, uuid, bytea, timestamptz, boolean) owner to tm_auth;
alter function app.find_oauth_record(text, bytea, boolean) owner to tm_auth;
alter function app.consume_oauth_record(text, bytea) owner to tm_auth;
alter function app.settle_oauth_record(text, bytea) owner to tm_auth;
alter function app.delete_oauth_record(text, bytea) owner to tm_auth;
alter function app.find_oauth_grant(uuid) owner to tm_auth;
alter function app.revoke_oauth_grant(uuid) owner to tm_auth;
alter function app.start_oauth_session(bytea, uuid, jsonb, text, timestamptz, inet, text) owner to tm_auth;
alter function app.find_oauth_session(bytea) owner to tm_auth;
alter function app.end_oauth_session(bytea) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000045, 'Oauth1800000000045'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Oauth1800000000045');

reset role;
