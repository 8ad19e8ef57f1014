-- Without SET search_path, so that PostgreSQL can inline it; an atomic body resolves its names when it is created.
create or replace function app.place_errors(p_errors jsonb)
returns table (
  item integer, problem text, team_id uuid, project_key text, environment text, fingerprint text, fingerprint_version smallint,
  fingerprint_source text, title text, error_code text, error_category text, error_severity text, error_message text,
  error_details jsonb, stack_trace text, context_data jsonb, task_id uuid, validation_result_id uuid, workflow_state_id uuid,
  occurred_at timestamptz, user_id text, user_hash text, session_id text, ip_address inet, user_agent text,
  service_name text, service_version text, metadata jsonb)
language sql
stable
begin atomic
  with sent as (
    select
      x.*,
      nullif(current_setting('app.ingest_project', true), '') as ingest_project,
      coalesce(nullif(current_setting('app.ingest_team_ids', true), '')::uuid[], app.current_team_ids()) as teams
    from jsonb_to_recordset(p_errors) as x (
      item integer, team_id uuid, project_key text, environment text, fingerprint text, fingerprint_version smallint,
      fingerprint_source text, title text, error_code text, error_category text, error_severity text, error_message text,
      error_details jsonb, stack_trace text, context_data jsonb, task_id uuid, validation_result_id uuid,
      workflow_state_id uuid, occurred_at timestamptz, user_id text, user_hash text, session_id text, ip_address inet,
      user_agent text, service_name text, service_version text, metadata jsonb)
  ),
  linked as (
    select
      s.*,
      t.project_key as task_project,
      t.team_id as task_team,
      v.team_id as validation_team,
      w.team_id as workflow_team,
      coalesce(s.team_id, t.team_id, v.team_id, w.team_id) as named_team
    from sent s
    left join public.tasks t
      on t.id = s.task_id
      and (app.is_admin() or t.team_id = any(s.teams))
      -- An ingest key learns of nothing else in the team: what is not of its project looks absent.
      and (s.ingest_project is null or t.project_key = s.ingest_project)
    left join public.validation_results v
      on v.id = s.validation_result_id
      and (app.is_admin() or v.team_id = any(s.teams))
      and s.ingest_project is null
    left join public.workflow_states w
      on w.id = s.workflow_state_id
      and (app.is_admin() or w.team_id = any(s.teams))
      and s.ingest_project is null
  ),
  placed as (
    select
      l.*,
      p.found as projects,
      coalesce(
        l.named_team,
        p.team_id,
        case when l.ingest_project is null then (select app.default_team_id()) else l.teams[1] end
      ) as own_team,
      coalesce(l.project_key, l.task_project, l.ingest_project) as own_project
    from linked l
    left join lateral (
      select count(*) as found, min(p.team_id::text)::uuid as team_id
      from app.find_projects(l.project_key, l.named_team) p
    ) p on l.project_key is not null and l.ingest_project is null
  )
  select
    p.item,
    case
      when p.task_id is not null and p.task_team is distinct from p.own_team then 'task'
      when p.validation_result_id is not null and p.validation_team is distinct from p.own_team then 'validation'
      when p.workflow_state_id is not null and p.workflow_team is distinct from p.own_team then 'workflow'
      when team.id is null then 'team'
      when p.project_key is not null and p.projects = 0 or p.own_project <> p.ingest_project then 'project'
      when p.project_key is not null and p.projects > 1 then 'ambiguous_project'
    end,
    p.own_team,
    case when g.id is null then p.own_project else g.project_key end,
    coalesce(g.environment, p.environment),
    coalesce(g.fingerprint, p.fingerprint),
    p.fingerprint_version, p.fingerprint_source, p.title, p.error_code, p.error_category, p.error_severity, p.error_message,
    p.error_details, p.stack_trace, p.context_data, p.task_id, p.validation_result_id, p.workflow_state_id,
    -- A clock that runs ahead must not date an error into the future.
    least(coalesce(p.occurred_at, now()), now()),
    p.user_id, p.user_hash, p.session_id, p.ip_address, p.user_agent, p.service_name, p.service_version, p.metadata
  from placed p
  left join public.teams team
    on team.id = p.own_team
    and (app.is_admin() or team.id = any(p.teams))
  -- A merged error passes on what still arrives with its fingerprint.
  left join public.error_logs m
    on m.team_id = p.own_team
    and coalesce(m.project_key, '') = coalesce(p.own_project, '')
    and m.environment = p.environment
    and m.fingerprint = p.fingerprint
    and m.merged_into is not null
  left join public.error_logs g
    on g.team_id = m.team_id
    and g.id = m.merged_into;
end;
comment on function app.place_errors(jsonb) is
  'Sent occurrences with the team and the group that each belongs to, or what hinders: team, project, ambiguous_project, task, validation or workflow.';
