import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { Team } from '../teams/team.dto.js';
import { projectRows, projectsOfTeam } from './project-related.queries.js';

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

export const projectRelations: readonly Relation[] = [
  { owner: Task, name: 'project', description: 'Project that it belongs to.', rows: projectRows, many: false, access },
  {
    owner: Team,
    name: 'projects',
    description: 'Its projects, newest first.',
    rows: projectsOfTeam,
    many: true,
    access,
  },
];
