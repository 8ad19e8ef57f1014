import type { Relation } from '../../platform/operations/relation.js';
import { dependantRows, dependencyRows, partRows, subtaskRows, taskRows } from './task-related.queries.js';
import { comments, contexts } from './task-part.rules.js';
import { Task } from './task.dto.js';

/** For modules whose rows belong to a task. */
export { taskRows };

const access = { kind: 'permission', permissions: ['tasks:read'] } as const;

export const taskRelations: readonly Relation[] = [
  {
    owner: Task,
    name: 'parent',
    description: 'The task that this one is a subtask of.',
    rows: taskRows('parentTaskId'),
    many: false,
    access,
  },
  { owner: Task, name: 'subtasks', description: 'Its subtasks, by number.', rows: subtaskRows, many: true, access },
  { owner: Task, name: 'dependencies', description: 'What it waits for.', rows: dependencyRows, many: true, access },
  { owner: Task, name: 'dependants', description: 'What waits for it.', rows: dependantRows, many: true, access },
  {
    owner: Task,
    name: 'comments',
    description: 'Comments, oldest first.',
    rows: partRows(comments),
    many: true,
    access,
  },
  {
    owner: Task,
    name: 'contexts',
    description: 'Contexts, newest first.',
    rows: partRows(contexts),
    many: true,
    access,
  },
];
