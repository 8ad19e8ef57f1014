create or replace function app.project_choices(p_project_keys text[])
returns table (project_key text, team_id uuid, team_name text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select k.project_key, f.team_id, f.team_name
  from unnest(p_project_keys) k (project_key)
  cross join lateral app.find_projects(k.project_key, null) f
  where app.has_permission('errors:write')
  order by k.project_key, f.team_id;
end;
comment on function app.project_choices(text[]) is
  'What ambiguous project keys of reported errors may mean, for reporters who may not read projects.';
