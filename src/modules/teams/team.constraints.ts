import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of teams and members to faults. */
export const teamConstraints: ConstraintTable = {
  teams_name_check: { code: 'VALIDATION_FAILED', detail: 'name must not be empty.', path: 'name' },
  teams_metadata_check: { code: 'VALIDATION_FAILED', detail: 'metadata must be a JSON object.', path: 'metadata' },
  teams_personal_key: { code: 'CONFLICT', detail: 'The user has a personal team already.' },
  team_members_pkey: { code: 'ALREADY_EXISTS', detail: 'The user is a member of the team already.', path: 'userId' },
  team_members_user_id_fkey: { code: 'RULE_VIOLATED', detail: 'There is no such user.', path: 'userId' },
  team_members_role_check: {
    code: 'VALIDATION_FAILED',
    detail: 'role must be owner, admin or member.',
    path: 'role',
  },
  team_members_sponsor_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'A service account is only in teams of its owner.',
    path: 'userId',
  },
  team_members_sponsor_check: {
    code: 'RULE_VIOLATED',
    detail: 'A service account is a member of a team, and neither owns nor administers one.',
    path: 'role',
  },
  team_members_personal: { code: 'RULE_VIOLATED', detail: 'Nobody leaves their personal team.' },
  team_members_owner_required: {
    code: 'RULE_VIOLATED',
    detail: 'A team needs an owner: make somebody else one first.',
    path: 'role',
  },
};
