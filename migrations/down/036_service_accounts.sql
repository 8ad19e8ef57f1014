-- The way back of 036. Service accounts stay as users without a credential, because they would have all of their role.
set lock_timeout = '5s';
set role tm_owner;
alter table public.users no force row level security;
alter table public.api_keys no force row level security;
update public.api_keys k
set revoked_at = now()
from public.users u
where u.id = k.user_id
  and u.kind = 'agent'
  and k.revoked_at is null;
alter table public.api_keys force row level security;
alter table public.users force row level security;

drop policy api_keys_select_policy on public.api_keys;
create policy api_keys_select_policy on public.api_keys for select to tm_app_rw, tm_app_ro
  using (user_id = (select app.current_user_id()));
drop policy api_keys_insert_policy on public.api_keys;
create policy api_keys_insert_policy on public.api_keys for insert to tm_app_rw
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));
drop policy api_keys_update_policy on public.api_keys;
create policy api_keys_update_policy on public.api_keys for update to tm_app_rw
  using (user_id = (select app.current_user_id()) and not (select app.is_narrowed()))
  with check (user_id = (select app.current_user_id()) and not (select app.is_narrowed()));

drop function app.change_agent(uuid, integer, text, text, boolean, uuid[]);
drop function app.create_agent(text, text, text, uuid[]);
drop function app.place_agent(uuid, uuid[]);
drop function app.user_rights(uuid);
drop function app.event_audience(uuid[], uuid[], text[]);
drop function app.find_key(bytea);
drop function app.owned_user_ids();
drop function app.is_agent();
drop trigger team_members_sponsor on public.team_members;
drop function app.note_sponsor();
alter table public.team_members drop column sponsor_id;
drop trigger users_owner on public.users;
drop function app.keep_owner();
alter table public.users
  drop constraint users_agent_check,
  drop constraint users_agent_password_check,
  drop column owner_id,
  drop column kind;
delete from public.migrations
where name = 'ServiceAccounts1800000000036'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
