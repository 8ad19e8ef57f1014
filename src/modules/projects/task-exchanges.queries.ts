import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { TaskBase } from './tasks-json/tasks-json.base.js';

export type Direction = 'import' | 'export';

/** A state of a list that was exchanged. */
export interface Exchange {
  readonly list: string;
  readonly source: string;
  readonly direction: Direction;
  readonly tasks: Readonly<Record<string, TaskBase>>;
}

/** A state to record. */
export interface NewExchange {
  readonly list: string;
  readonly digest: string;
  /** The tasks as JSON. */
  readonly tasks: string;
}

/** States of one list and direction to keep. A file that is older than all of them is compared with none. */
const KEPT = 16;

/**
 * The states that a file may have, latest first: that of the last import from its source, and of every export since. A
 * source that has imported nothing may have any of them.
 */
export function readExchanges(
  teamId: string,
  projectKey: string,
  lists: readonly string[] | null,
  source: string,
): Statement<Exchange> {
  return statement(
    'projects.read_exchanges',
    `select e.list, e.source, e.direction, e.tasks
from public.task_exchanges e
left join lateral (
  select max(o.exchanged_at) as at
  from public.task_exchanges o
  where o.team_id = e.team_id
    and o.project_key = e.project_key
    and o.list = e.list
    and o.source = $4
    and o.direction = 'import'
) own on true
where e.team_id = $1
  and e.project_key = $2
  and ($3::text[] is null or e.list = any($3::text[]))
  and (own.at is null or e.exchanged_at >= own.at and (e.direction = 'export' or e.source = $4))
order by e.exchanged_at desc`,
    [teamId, projectKey, lists, source],
  );
}

/** Records states. One that is known already counts as exchanged again. */
export function recordExchanges(
  teamId: string,
  projectKey: string,
  { source, direction }: Pick<Exchange, 'source' | 'direction'>,
  states: readonly NewExchange[],
): Statement {
  return statement(
    'projects.record_exchanges',
    `insert into public.task_exchanges (team_id, project_key, list, source, direction, digest, tasks)
select $1, $2, s.list, $3, $4, s.digest, s.tasks::jsonb
from unnest($5::text[], $6::text[], $7::text[]) as s (list, digest, tasks)
on conflict (team_id, project_key, list, source, direction, digest) do update
set exchanged_at = clock_timestamp()`,
    [
      teamId,
      projectKey,
      source,
      direction,
      states.map(({ list }) => list),
      states.map(({ digest }) => digest),
      states.map(({ tasks }) => tasks),
    ],
  );
}

/** Deletes the oldest states. The latest of each source goes last, because only that one is certain. */
export function forgetExchanges(teamId: string, projectKey: string, lists: readonly string[]): Statement {
  return statement(
    'projects.forget_exchanges',
    `delete from public.task_exchanges e
using (
  select
    s.id,
    row_number() over (partition by s.list, s.direction order by s.age > 1, s.exchanged_at desc) as place
  from (
    select
      o.id, o.list, o.direction, o.exchanged_at,
      row_number() over (partition by o.list, o.direction, o.source order by o.exchanged_at desc) as age
    from public.task_exchanges o
    where o.team_id = $1
      and o.project_key = $2
      and o.list = any($3::text[])
  ) s
) r
where e.team_id = $1
  and e.id = r.id
  and r.place > ${KEPT}`,
    [teamId, projectKey, lists],
  );
}
