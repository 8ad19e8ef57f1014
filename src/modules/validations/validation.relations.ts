import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { validationRows } from './validation-related.queries.js';

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
];
