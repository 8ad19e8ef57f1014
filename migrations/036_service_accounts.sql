-- 036: service accounts: users of the kind agent, each of which a person owns.
set lock_timeout = '5s';
set role tm_owner;

alter table public.users
  add column kind varchar(10) not null default 'person'
    constraint users_kind_check check (kind in ('person', 'agent')),
  add column owner_id uuid constraint users_owner_id_fkey references public.users (id) on delete cascade,
  add constraint users_agent_check check ((kind = 'agent') = (owner_id is not null)),
  add constraint users_agent_password_check check (kind = 'person' or password_hash is null);
comment on column public.users.owner_id is
  'Who answers for a service account. It holds nothing that this person does not hold at the moment.';
create index users_owner_id_idx on public.users (owner_id) where owner_id is not null;
grant select (kind, owner_id) on public.users to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
\ir functions/keep_owner.sql
create trigger users_owner before update of kind, owner_id on public.users
  for each row when (old.kind <> new.kind or old.owner_id is distinct from new.owner_id) execute function app.keep_owner();

alter table public.team_members
  add column sponsor_id uuid,
  add constraint team_members_sponsor_check check (sponsor_id is null or role = 'member'),
  add constraint team_members_sponsor_fkey foreign key (team_id, sponsor_id)
    references public.team_members (team_id, user_id) on delete cascade;
comment on column public.team_members.sponsor_id is
  'The owner of a service account, whose membership it hangs on; null for people.';
create index team_members_sponsor_idx on public.team_members (team_id, sponsor_id) where sponsor_id is not null;

\ir functions/note_sponsor.sql
create trigger team_members_sponsor before insert or update of user_id, sponsor_id on public.team_members
  for each row execute function app.note_sponsor();
alter function app.note_sponsor() owner to tm_auth;

\ir functions/is_agent.sql
grant execute on function app.is_agent() to tm_app_rw, tm_app_ro, tm_admin, tm_auth;
\ir functions/owned_user_ids.sql
grant execute on function app.owned_user_ids() to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_auth;
alter function app.owned_user_ids() owner to tm_auth;
\ir functions/find_key.sql
grant execute on function app.find_key(bytea) to tm_app_rw, tm_app_ro;
alter function app.find_key(bytea) owner to tm_auth;
\ir functions/event_audience.sql
grant execute on function app.event_audience(uuid[], uuid[], text[]) to tm_background;
alter function app.event_audience(uuid[], uuid[], text[]) owner to tm_auth;
-- For sister services, which ask over gRPC.
\ir functions/user_rights.sql
grant execute on function app.user_rights(uuid) to tm_background;
alter function app.user_rights(uuid) owner to tm_auth;
\ir functions/place_agent.sql
grant execute on function app.place_agent(uuid, uuid[]) to tm_auth;
alter function app.place_agent(uuid, uuid[]) owner to tm_auth;
\ir functions/create_agent.sql
grant execute on function app.create_agent(text, text, text, uuid[]) to tm_app_rw, tm_admin;
alter function app.create_agent(text, text, text, uuid[]) owner to tm_auth;
\ir functions/change_agent.sql
grant execute on function app.change_agent(uuid, integer, text, text, boolean, uuid[]) to tm_app_rw, tm_admin;
alter function app.change_agent(uuid, integer, text, text, boolean, uuid[]) owner to tm_auth;

-- The owner of a service account manages its keys; a service account manages none.
drop policy api_keys_select_policy on public.api_keys;
create policy api_keys_select_policy on public.api_keys for select to tm_app_rw, tm_app_ro
  using (user_id = any((select app.owned_user_ids())::uuid[]));
drop policy api_keys_insert_policy on public.api_keys;
create policy api_keys_insert_policy on public.api_keys for insert to tm_app_rw
  with check (
    user_id = any((select app.owned_user_ids())::uuid[]) and not (select app.is_narrowed()) and not (select app.is_agent()));
drop policy api_keys_update_policy on public.api_keys;
create policy api_keys_update_policy on public.api_keys for update to tm_app_rw
  using (
    user_id = any((select app.owned_user_ids())::uuid[]) and not (select app.is_narrowed()) and not (select app.is_agent()))
  with check (
    user_id = any((select app.owned_user_ids())::uuid[]) and not (select app.is_narrowed()) and not (select app.is_agent()));

insert into public.migrations ("timestamp", name)
select 1800000000036, 'ServiceAccounts1800000000036'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ServiceAccounts1800000000036');

reset role;
