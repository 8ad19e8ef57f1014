import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { validationRows } from './validation-related.queries.js';
import { taskRows } from '../tasks/task.relations.js';
import { Validation } from './validation.dto.js';

const readsTasks = { kind: 'permission', permissions: ['tasks:read'] } as const;
const access = { kind: 'permission', permissions: ['validations:read'] } as const;

export const validationRelations: readonly Relation[] = [
  {
    owner: Task,
    name: 'validations',
    description: 'How it was checked, newest first.',
    rows: validationRows,
    many: true,
    access,
  },
  {
    owner: Validation,
    name: 'task',
    description: 'The task that was checked.',
    rows: taskRows('taskId'),
    many: false,
    access: readsTasks,
  },
];
