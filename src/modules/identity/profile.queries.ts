import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Me } from './identity.dto.js';

/** The user of the session. */
export function getMe(): Statement<{ id: string; data: string }> {
  return statement(
    'identity.me',
    `select
  t.id,
  ${jsonOf(Me)} as data
from public.users t
where t.id = app.current_user_id()`,
  );
}

/** Chooses the default team; no row if the credential may not. A foreign key requires the membership. */
export function setDefaultTeam(teamId: string | null): Statement<{ id: string }> {
  return statement(
    'identity.set_default_team',
    `update public.users u
set default_team_id = $1
where u.id = app.current_user_id()
returning u.id`,
    [teamId],
  );
}
