create or replace function app.work_place(p_team_id uuid, p_project_key text)
returns table (team_id uuid, project_key text)
language sql
stable
parallel safe
begin atomic
  select p_team_id, null::text
  where p_team_id is not null
    and p_project_key is null
  union all
  select coalesce(b.team_id, app.default_team_id()), b.project_key
  from (select) this
  left join app.bound_project() b on true
  where p_team_id is null
    and p_project_key is null
  union all
  select (array_agg(f.team_id))[1], p_project_key
  from app.find_projects(p_project_key, p_team_id) f
  where p_project_key is not null
  having count(*) = 1;
end;
comment on function app.work_place(uuid, text) is
  'Where to look for work: in the team or project that is named, else in the project that the credential is bound to, else in the default team; never in all teams. No row: the project is not there, or ambiguous.';
