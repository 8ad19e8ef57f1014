import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Evaluates the gate of a task's project with the rights of the caller. */
export function gateOf(taskId: string): Statement<{ id: string; data: string }> {
  return statement(
    'validations.gate',
    `select
  t.id,
  (
    app.validation_gate(t.team_id, t.id, g.gate)
    || jsonb_build_object('enforced', jsonb_typeof(g.gate) = 'object' and g.gate -> 'enforced' is distinct from 'false')
  )::text as data
from public.tasks t
left join public.projects p on p.team_id = t.team_id and p.project_key = t.project_key
cross join lateral (select coalesce(p.settings -> 'validationGate', 'null') as gate) g
where t.id = $1
  and t.deleted_at is null`,
    [taskId],
  );
}
