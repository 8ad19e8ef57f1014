import type { Relation } from '../../platform/operations/relation.js';
import { Task } from '../tasks/task.dto.js';
import { errorRows } from './error-related.queries.js';

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
];
