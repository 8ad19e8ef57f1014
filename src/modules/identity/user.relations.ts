import { relateOne } from '../../platform/graphql/relation.js';
import { ErrorLog } from '../errors/error.dto.js';
import { TaskComment } from '../tasks/task-context.dto.js';
import { Task } from '../tasks/task.dto.js';
import { TeamMember } from '../teams/team.dto.js';
import { userRows } from './user-related.queries.js';

const access = { kind: 'signed-in' } as const;

relateOne(Task, 'assignee', userRows('assigneeId'), { description: 'User who does it.', access });
relateOne(Task, 'creator', userRows('createdBy'), { description: 'User who created it.', access });
relateOne(TaskComment, 'author', userRows('userId'), { description: 'Who wrote it.', access });
relateOne(TeamMember, 'user', userRows('userId'), { description: 'The user.', access });
relateOne(ErrorLog, 'assignee', userRows('assigneeId'), { description: 'User who looks after it.', access });
