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

/** What others know of the user of the session. */
export function getNames(): Statement<{ email: string; name: string; username: string }> {
  return statement(
    'identity.names',
    'select u.email, u.name, u.username\nfrom public.users u\nwhere u.id = app.current_user_id()',
  );
}

export function setOwnPassword(hash: string): Statement {
  return statement('identity.set_own_password', 'select app.set_own_password($1)', [hash]);
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
