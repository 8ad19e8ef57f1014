import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { memberRows, teamRows } from './team-related.queries.js';
import { Team } from './team.dto.js';

/** For modules whose rows belong to a team. */
export { teamRows };

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

export const teamRelations: readonly Relation[] = [
  { owner: Task, name: 'team', description: 'Team that it belongs to.', rows: teamRows, many: false, access },
  {
    owner: Team,
    name: 'members',
    description: 'Its members, the longest-standing first.',
    rows: memberRows,
    many: true,
    access,
  },
];
