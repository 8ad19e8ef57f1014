import type { ConstraintTable } from '../../platform/database/sql-state.js';
import { BUILT_IN_STAYS, OWN_ROLE_STAYS } from './role.rules.js';

/** Maps constraint violations of users and credentials to faults. */
export const identityConstraints: ConstraintTable = {
  users_email_key: { code: 'ALREADY_EXISTS', detail: 'A user has this e-mail address already.', path: 'email' },
  users_username_key: { code: 'ALREADY_EXISTS', detail: 'A user has this name already.', path: 'username' },
  users_role_id_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'There is no such role.',
    path: 'role',
    whenInUse: 'Users still have this role.',
  },
  user_roles_role_name_key: { code: 'ALREADY_EXISTS', detail: 'A role has this name already.', path: 'name' },
  user_roles_built_in: { code: 'RULE_VIOLATED', detail: BUILT_IN_STAYS },
  user_roles_own: { code: 'RULE_VIOLATED', detail: OWN_ROLE_STAYS },
  users_metadata_check: { code: 'VALIDATION_FAILED', detail: 'metadata must be a JSON object.', path: 'metadata' },
  users_default_team_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'You are not a member of this team.',
    path: 'defaultTeamId',
  },
  user_identities_issuer_subject_key: {
    code: 'ALREADY_EXISTS',
    detail: 'This identity is linked already.',
    path: 'subject',
  },
  user_identities_user_id_issuer_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The user has an identity of this issuer already: remove it first.',
    path: 'issuer',
  },
  sessions_identity_id_fkey: { code: 'UNAUTHENTICATED', detail: 'An administrator removed this identity just now.' },
  users_agent_password_check: {
    code: 'RULE_VIOLATED',
    detail: 'A service account has no password.',
    path: 'password',
  },
  agents_handle_key: { code: 'ALREADY_EXISTS', detail: 'You have a service account of this name.', path: 'handle' },
  agents_count: { code: 'RULE_VIOLATED', detail: 'You have 100 active service accounts; disable one first.' },
  agents_team_ids: { code: 'RULE_VIOLATED', detail: 'You are not in one of these teams.', path: 'teamIds' },
  api_keys_project_member_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'A key can only be bound to a project of a team that you are a member of.',
    path: 'projectKey',
  },
  api_keys_scopes_check: { code: 'VALIDATION_FAILED', detail: 'scopes must be a list.', path: 'scopes' },
};
