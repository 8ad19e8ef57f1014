import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { Team } from '../teams/team.dto.js';
import { projectRows, projectsOfTeam } from './project-related.queries.js';
import { teamRows } from '../teams/team.relations.js';
import { Project } from './project.dto.js';

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
  { owner: Project, name: 'team', description: 'Team that it belongs to.', rows: teamRows, many: false, access },
];
