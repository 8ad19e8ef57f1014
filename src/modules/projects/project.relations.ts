import { relateMany, relateOne } from '../../platform/graphql/relation.js';
import { Task } from '../tasks/task.dto.js';
import { Team } from '../teams/team.dto.js';
import { projectRows, projectsOfTeam } from './project-related.queries.js';

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

relateOne(Task, 'project', projectRows, { description: 'Project that it belongs to.', access });
relateMany(Team, 'projects', projectsOfTeam, { description: 'Its projects, newest first.', access });
