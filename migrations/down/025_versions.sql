-- The way back of 025.
set lock_timeout = '5s';
set role tm_owner;
drop function app.event_names(text, jsonb, uuid);
create or replace function app.fits_claim(p_type text, p_tags jsonb, p_priority integer, p_assignee_id uuid, p_filter jsonb)
returns boolean language sql immutable parallel safe
  return (p_filter -> 'type' is null or p_type = p_filter ->> 'type')
    and (p_filter -> 'tags' is null or p_tags @> (p_filter -> 'tags'))
    and (p_filter -> 'priorityMin' is null or p_priority >= (p_filter ->> 'priorityMin')::integer)
    and (p_filter -> 'priorityMax' is null or p_priority <= (p_filter ->> 'priorityMax')::integer)
    and (p_filter -> 'assigneeId' is null or p_assignee_id is not distinct from (p_filter ->> 'assigneeId')::uuid);
comment on function app.fits_claim(text, jsonb, integer, uuid, jsonb) is
  'Whether a task is of the kind that is asked for: type, tags, priorityMin, priorityMax, assigneeId (null: nobody).';
grant execute on function app.fits_claim(text, jsonb, integer, uuid, jsonb)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
drop function app.fits_task_filter(public.tasks, jsonb);
drop function app.fits_task_filter(jsonb, jsonb);
drop function app.hold_membership(uuid);
drop policy team_members_auth_update_policy on public.team_members;
revoke update (version) on public.team_members from tm_auth;
drop trigger task_dependencies_touch on public.task_dependencies;
drop trigger team_members_touch on public.team_members;
drop function app.touch_version();
drop trigger api_keys_touch on public.api_keys;
create trigger api_keys_touch before update on public.api_keys for each row execute function app.touch_row();
drop trigger user_roles_touch on public.user_roles;
create trigger user_roles_touch before update on public.user_roles for each row execute function app.touch_row();
alter table public.task_dependencies drop column version;
alter table public.team_members drop column version;
alter table public.api_keys drop column version;
alter table public.user_roles drop column version;
select
  app.audit_table('public.user_roles'),
  app.audit_table('public.api_keys', '{key_hash}', '{last_used_at}'),
  app.audit_table('public.team_members'),
  app.audit_table('public.task_dependencies');
delete from public.migrations
where name = 'Versions1800000000025'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
