import { valuesOf } from '../../platform/schema/values.js';

/** What has become of an invitation. */
export const INVITE_STATUSES = valuesOf({
  open: 'It can be accepted.',
  accepted: 'The invited person has joined.',
  revoked: 'It was taken back.',
  expired: 'Nobody accepted it within seven days; it can be sent again.',
});
export type InviteStatus = (typeof INVITE_STATUSES)[number];

/** What a member is invited as. Only an owner makes owners, and only of members. */
export const INVITED_ROLES = valuesOf({
  admin: 'Manages the team, but not its owners.',
  member: 'Works on what belongs to the team.',
});
export type InvitedRole = (typeof INVITED_ROLES)[number];
