import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Teams, projects, lists and tasks that a filter names. An omitted one restricts nothing. */
export interface NamedPlaces {
  readonly projectKeys?: readonly string[] | undefined;
  readonly projectIds?: readonly string[] | undefined;
  readonly lists?: readonly string[] | undefined;
  readonly teamIds?: readonly string[] | undefined;
  readonly taskIds?: readonly string[] | undefined;
}

/** Where to look for work. What is null restricts nothing. */
export interface WorkPlace {
  readonly teamId: string | null;
  readonly projectKey: string | null;
  readonly list: string | null;
}

interface UnknownPlace {
  readonly kind: 'team' | 'project' | 'list' | 'task';
  readonly name: string;
}

/** Those of the named teams, projects, lists and tasks that the caller cannot see. The list `master` is in every project. */
export function unknownPlaces({
  projectKeys,
  projectIds = [],
  lists = [],
  teamIds,
  taskIds = [],
}: NamedPlaces): Statement<UnknownPlace> {
  return statement(
    'tasks.unknown_places',
    `select 'team' as kind, k.id::text as name
from unnest($3::uuid[]) as k (id)
where not exists (
  select
  from public.teams t
  where t.id = k.id)
union all
select 'project', k.name
from unnest($1::text[]) as k (name)
where not exists (
  select
  from public.projects p
  where p.project_key = k.name
    and ($3::uuid[] is null or p.team_id = any($3)))
union all
select 'project', k.id::text
from unnest($4::uuid[]) as k (id)
where not exists (
  select
  from public.projects p
  where p.id = k.id)
union all
select 'task', k.id::text
from unnest($5::uuid[]) as k (id)
where not exists (
  select
  from public.tasks t
  where t.id = k.id)
union all
select 'list', k.name
from unnest($2::text[]) as k (name)
where k.name <> 'master'
  and not exists (
    select
    from public.task_lists l
    where l.list = k.name
      and ($1::text[] is null or l.project_key = any($1))
      and ($3::uuid[] is null or l.team_id = any($3)))`,
    [projectKeys ?? null, lists, teamIds ?? null, projectIds, taskIds],
  );
}

/** The team or list of a place that the caller cannot see; the list is looked for where app.work_place finds. */
export function unknownWorkPlace({ teamId, projectKey, list }: WorkPlace): Statement<UnknownPlace> {
  return statement(
    'tasks.unknown_work_place',
    `select 'team' as kind, $1::text as name
where $1::uuid is not null
  and not exists (
    select
    from public.teams t
    where t.id = $1::uuid)
union all
select 'list', $3::text
where $3::text <> 'master'
  and not exists (
    select
    from app.work_place($1::uuid, $2) w
    join public.task_lists l
      on l.team_id = w.team_id
      and (w.project_key is null or l.project_key = w.project_key)
    where l.list = $3)`,
    [teamId, projectKey, list],
  );
}
