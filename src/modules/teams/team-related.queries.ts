import type { RelatedRows } from '../../platform/operations/relation.js';
import { TeamMember, Team } from './team.dto.js';
import { membersOf } from './team-member.queries.js';

/** The team that a row belongs to. */
export const teamRows: RelatedRows = { table: 'public.teams', shape: Team, on: { id: 'teamId' } };

export const memberRows: RelatedRows = {
  table: membersOf('').table,
  shape: TeamMember,
  on: { team_id: 'id' },
  orderBy: 't.joined_at, t.user_id',
};
