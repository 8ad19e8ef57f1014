import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of users and credentials to faults. */
export const identityConstraints: ConstraintTable = {
  users_email_key: { code: 'ALREADY_EXISTS', detail: 'A user has this e-mail address already.', path: 'email' },
  users_username_key: { code: 'ALREADY_EXISTS', detail: 'A user has this name already.', path: 'username' },
  users_role_id_fkey: { code: 'RULE_VIOLATED', detail: 'There is no such role.', path: 'role' },
  users_metadata_check: { code: 'VALIDATION_FAILED', detail: 'metadata must be a JSON object.', path: 'metadata' },
  api_keys_scopes_check: { code: 'VALIDATION_FAILED', detail: 'scopes must be a list.', path: 'scopes' },
};
