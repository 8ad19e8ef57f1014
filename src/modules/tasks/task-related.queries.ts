import type { RelatedRows } from '../../platform/operations/relation.js';
import { DEPENDANTS, DEPENDENCIES } from './task-dependency.queries.js';
import { TaskDependant, TaskDependency } from './task-dependency.dto.js';
import type { TaskPart } from './task-part.rules.js';
import { Task } from './task.dto.js';

const LIVE = ['t.deleted_at is null'];

/** The task that a field of a row names, in the same team. */
export const taskRows = (field: string): RelatedRows => ({
  table: 'public.tasks',
  shape: Task,
  on: { team_id: 'teamId', id: field },
  where: LIVE,
});

export const subtaskRows: RelatedRows = {
  table: 'public.tasks',
  shape: Task,
  on: { team_id: 'teamId', parent_task_id: 'id' },
  where: LIVE,
  orderBy: 't.ref_path, t.created_at, t.id',
};

export const dependencyRows: RelatedRows = {
  table: DEPENDENCIES,
  shape: TaskDependency,
  on: { team_id: 'teamId', task_id: 'id' },
  orderBy: 't.created_at, t.id',
};

export const dependantRows: RelatedRows = { ...dependencyRows, table: DEPENDANTS, shape: TaskDependant };

export const partRows = (part: TaskPart): RelatedRows => ({
  table: `public.${part.table}`,
  shape: part.shape,
  on: { team_id: 'teamId', task_id: 'id' },
  orderBy: part.list.defaultSort.startsWith('-') ? 't.created_at desc, t.id desc' : 't.created_at, t.id',
});
