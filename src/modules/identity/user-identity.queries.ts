import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { UserIdentity } from './user-identity.dto.js';

interface UserIdentityRow {
  readonly id: string;
  readonly data: string;
}

/** The identities of one user. The policy shows admins everybody's. */
export function identitiesOf(userId: string): ListSource {
  return {
    name: 'identity.identities',
    table: 'public.user_identities',
    shape: UserIdentity,
    teamColumn: 'user_id',
    where: [],
    allTeams: false,
    teamIds: [userId],
  };
}

/** No row: the caller sees no such user. PostgreSQL allows it only for admins. */
export function insertIdentity(userId: string, issuer: string, subject: string): Statement<UserIdentityRow> {
  return statement(
    'identity.link_identity',
    `insert into public.user_identities as t (user_id, issuer, subject)
select u.id, $2, $3
from public.users u
where u.id = $1
returning t.id, ${jsonOf(UserIdentity)} as data`,
    [userId, issuer, subject],
  );
}

/** A trigger ends the sessions that the identity started. No row: the user has no such identity that the caller sees. */
export function deleteIdentity(userId: string, id: string): Statement<{ id: string }> {
  return statement(
    'identity.remove_identity',
    `delete from public.user_identities
where id = $2
  and user_id = $1
returning id`,
    [userId, id],
  );
}
