import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Locks the live tasks of a team that have a label. In the order of their ids, so that two such runs cannot deadlock. */
export function lockLabelled(teamId: string, label: string, limit: number): Statement<{ id: string }> {
  return statement(
    'tasks.lock_labelled',
    `select t.id
from public.tasks t
where t.team_id = $1
  and t.deleted_at is null
  and t.tags @> jsonb_build_array($2::text)
order by t.id
limit $3
for no key update`,
    [teamId, label, limit],
  );
}

/** Replaces a label where it stands. */
export function relabel(teamId: string, ids: readonly string[], from: string, to: string): Statement {
  return statement(
    'tasks.relabel',
    `update public.tasks t
set tags = case
    when t.tags @> jsonb_build_array($4::text) then t.tags - $3::text
    else (
      select jsonb_agg(case when l.label = to_jsonb($3::text) then to_jsonb($4::text) else l.label end order by l.n)
      from jsonb_array_elements(t.tags) with ordinality l (label, n)
    )
  end
where t.team_id = $1
  and t.id = any($2::uuid[])
  and t.deleted_at is null`,
    [teamId, ids, from, to],
  );
}
