-- Without SET search_path, so that PostgreSQL can inline it; an atomic body resolves its names when it is created.
create or replace function app.find_projects(p_project_key text, p_team_id uuid)
returns table (id uuid, team_id uuid, team_name text)
language sql
stable
parallel safe
begin atomic
  with found as (
    select
      p.id,
      p.team_id,
      case
        when p.team_id = (select app.default_team_id()) then 1
        when p.team_id = any((select app.current_team_ids())::uuid[]) then 2
        else 3
      end as choice
    from public.projects p
    where p.project_key = p_project_key
      and p.deleted_at is null
      and (p_team_id is null or p.team_id = p_team_id)
      and (app.is_admin() or p.team_id = any((select app.current_team_ids())::uuid[]))
      -- A credential that is bound to a project of this name never reaches another one by it, not even once its own is
      -- deleted.
      and (p_team_id is not null or not exists (
        select
        from app.bound_project() b
        where b.project_key = p_project_key
          and b.team_id <> p.team_id
      ))
  )
  select
    f.id,
    f.team_id,
    case when count(*) over () > 1 then (
      select t.name::text
      from public.teams t
      where t.id = f.team_id
        and t.id = any((select app.current_team_ids())::uuid[])
    ) end
  from found f
  where f.choice = (select min(o.choice) from found o)
  order by f.team_id
  limit 20;
end;
comment on function app.find_projects(text, uuid) is
  'The project that a key means: that of the team; without a team, the one that the credential is bound to, that of the default team, or the only one. Several rows: the key is ambiguous, and the names are those of the teams that the user is in.';
