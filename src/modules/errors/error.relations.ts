import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { taskRows } from '../tasks/task.relations.js';
import { ErrorLog } from './error.dto.js';
import { errorRows } from './error-related.queries.js';

const readsTasks = { kind: 'permission', permissions: ['tasks:read'] } as const;
const access = { kind: 'permission', permissions: ['errors:read'] } as const;

export const errorRelations: readonly Relation[] = [
  {
    owner: Task,
    name: 'errors',
    description: 'Errors that are linked to it, the latest first.',
    rows: errorRows,
    many: true,
    access,
  },
  {
    owner: ErrorLog,
    name: 'task',
    description: 'Task that it is linked to.',
    rows: taskRows('taskId'),
    many: false,
    access: readsTasks,
  },
];
