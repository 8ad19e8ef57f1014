create or replace function app.bound_project()
returns table (team_id uuid, project_key text)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select k.project_team_id, k.project_key::text
  from public.api_keys k
  where k.id = nullif(current_setting('app.credential_id', true), '')::uuid
    and k.user_id = app.current_user_id()
    and k.project_key is not null;
end;
comment on function app.bound_project() is 'The project that the credential of the session is bound to; no row: to none.';
