import { valuesOf } from '../../platform/schema/values.js';

/** What a member may do in a team. */
export const TEAM_ROLES = valuesOf({
  owner: 'Manages the team, and makes and removes owners.',
  admin: 'Manages the team, but not its owners.',
  member: 'Works on what belongs to the team.',
});
export type TeamRole = (typeof TEAM_ROLES)[number];
