import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Creates the admin. Of several instances that start on an empty database, one succeeds and the others get null. */
export function insertFirstAdmin(
  email: string,
  passwordHash: string,
  keyPrefix: string,
  keyHash: Buffer,
): Statement<{ id: string | null }> {
  return statement('identity.create_first_admin', 'select app.create_first_admin($1, $2, $3, $4, $5) as id', [
    email,
    'Administrator',
    passwordHash,
    keyPrefix,
    keyHash,
  ]);
}
