import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Projects and lists that a filter names. An omitted one restricts nothing. */
export interface NamedPlaces {
  readonly projectKeys?: readonly string[] | undefined;
  readonly lists?: readonly string[] | undefined;
  readonly teamId?: string | undefined;
}

/** Those of the named projects and lists that the caller cannot see. The list `master` is in every project. */
export function unknownPlaces({
  projectKeys,
  lists = [],
  teamId,
}: NamedPlaces): Statement<{ kind: 'project' | 'list'; name: string }> {
  return statement(
    'tasks.unknown_places',
    `select 'project' as kind, k.name
from unnest($1::text[]) as k (name)
where not exists (
  select
  from public.projects p
  where p.project_key = k.name
    and ($3::uuid is null or p.team_id = $3))
union all
select 'list', k.name
from unnest($2::text[]) as k (name)
where k.name <> 'master'
  and not exists (
    select
    from public.task_lists l
    where l.list = k.name
      and ($1::text[] is null or l.project_key = any($1))
      and ($3::uuid is null or l.team_id = $3))`,
    [projectKeys ?? null, lists, teamId ?? null],
  );
}
