import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of invitations to faults. */
export const inviteConstraints: ConstraintTable = {
  invites_open_key: {
    code: 'ALREADY_EXISTS',
    detail: 'This address is invited already. The invitation can be sent again.',
    path: 'email',
  },
  invites_member: { code: 'ALREADY_EXISTS', detail: 'The team has a member with this address already.', path: 'email' },
  invites_personal: { code: 'RULE_VIOLATED', detail: 'A personal team has no other members.', path: 'teamId' },
  invites_unverified: { code: 'RULE_VIOLATED', detail: 'Verify your e-mail address before you invite others.' },
  invites_daily: { code: 'RULE_VIOLATED', detail: 'You have sent 200 invitations in 24 hours. Try again tomorrow.' },
};
