import { relateMany, relateOne } from '../../platform/graphql/relation.js';
import { ErrorLog } from '../errors/error.dto.js';
import { Validation } from '../validations/validation.dto.js';
import { dependencyRows, partRows, subtaskRows, taskRows } from './task-related.queries.js';
import { comments, contexts } from './task-part.rules.js';
import { Task } from './task.dto.js';

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

relateOne(Task, 'parent', taskRows('parentTaskId'), { description: 'The task that this one is a subtask of.', access });
relateMany(Task, 'subtasks', subtaskRows, { description: 'Its subtasks, by number.', access });
relateMany(Task, 'dependencies', dependencyRows, { description: 'What it waits for.', access });
relateMany(Task, 'comments', partRows(comments), { description: 'Comments, oldest first.', access });
relateMany(Task, 'contexts', partRows(contexts), { description: 'Contexts, newest first.', access });
relateOne(Validation, 'task', taskRows('taskId'), { description: 'The task that was checked.', access });
relateOne(ErrorLog, 'task', taskRows('taskId'), { description: 'Task that it is linked to.', access });
