import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** What a user may do at this moment. */
export interface UserRights {
  readonly role: string;
  readonly permissions: readonly string[];
  readonly teamIds: readonly string[];
  /** The owner of a service account; null for people. */
  readonly ownerId: string | null;
}

/** No row: there is no such user, or the user is disabled. */
export function userRights(userId: string): Statement<UserRights> {
  return statement(
    'identity.user_rights',
    `select
  role_name as role,
  permissions,
  team_ids as "teamIds",
  owner_id as "ownerId"
from app.user_rights($1)`,
    [userId],
  );
}
