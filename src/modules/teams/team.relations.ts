import { relateMany, relateOne } from '../../platform/graphql/relation.js';
import { Project } from '../projects/project.dto.js';
import { Task } from '../tasks/task.dto.js';
import { memberRows, teamRows } from './team-related.queries.js';
import { Team } from './team.dto.js';

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

relateOne(Task, 'team', teamRows, { description: 'Team that it belongs to.', access });
relateOne(Project, 'team', teamRows, { description: 'Team that it belongs to.', access });
relateMany(Team, 'members', memberRows, { description: 'Its members, the longest-standing first.', access });
