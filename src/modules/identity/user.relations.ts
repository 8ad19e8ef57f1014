import type { Relation } from '../../platform/operations/relation.js';
import { ErrorLog } from '../errors/error.dto.js';
import { TaskComment } from '../tasks/task-context.dto.js';
import { Task } from '../tasks/task.dto.js';
import { TeamMember } from '../teams/team.dto.js';
import { userRows } from './user-related.queries.js';

const access = { kind: 'signed-in' } as const;

export const userRelations: readonly Relation[] = [
  {
    owner: Task,
    name: 'assignee',
    description: 'User who does it.',
    rows: userRows('assigneeId'),
    many: false,
    access,
  },
  {
    owner: Task,
    name: 'creator',
    description: 'User who created it.',
    rows: userRows('createdBy'),
    many: false,
    access,
  },
  { owner: TaskComment, name: 'author', description: 'Who wrote it.', rows: userRows('userId'), many: false, access },
  {
    owner: TeamMember,
    name: 'user',
    description: 'User who is the member.',
    rows: userRows('userId'),
    many: false,
    access,
  },
  {
    owner: ErrorLog,
    name: 'assignee',
    description: 'User who looks after it.',
    rows: userRows('assigneeId'),
    many: false,
    access,
  },
];
