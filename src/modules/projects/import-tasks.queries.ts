import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { PlannedTask } from './import-input.js';
import type { NewTask } from './import-plan.js';

/** The columns that an import writes, with their types and sources. */
const content = [
  ['title', 'text', 'title'],
  ['description', 'text', 'description'],
  ['details', 'text', 'details'],
  ['test_strategy', 'text', 'testStrategy'],
  ['type', 'text', 'type'],
  ['status', 'text', 'status'],
  ['stage', 'text', 'stage'],
  ['priority', 'integer', 'priority'],
  ['complexity_score', 'integer', 'complexityScore'],
  ['affected_files', 'jsonb', 'affectedFiles'],
  ['requirements', 'jsonb', 'requirements'],
  ['acceptance_criteria', 'jsonb', 'acceptanceCriteria'],
  ['tags', 'jsonb', 'tags'],
  ['assigned_to', 'text', 'assignedTo'],
  ['estimated_hours', 'numeric', 'estimatedHours'],
  ['actual_hours', 'numeric', 'actualHours'],
  ['metadata', 'jsonb', 'metadata'],
] as const;

const columns = content.map(([column]) => column);
const types = content.map(([column, type]) => `${column} ${type}`);

/** A task with the values of its columns. */
export interface TaskRecord {
  readonly id: string;
  readonly [column: string]: unknown;
}

/** The tasks of one statement, each as JSON. */
export interface TaskBatch {
  readonly ids: readonly string[];
  readonly records: readonly string[];
}

const arrayOf = ({ records }: TaskBatch): string => `[${records.join(',')}]`;

const byId = ({ ids, records }: TaskBatch): string => `{${ids.map((id, n) => `"${id}":${records[n]}`).join(',')}}`;

export function recordOf(task: PlannedTask, assigneeId: string | null): TaskRecord {
  const { id, parentId, imported } = task;
  return {
    id,
    parent_task_id: parentId,
    assignee_id: assigneeId,
    source: imported.source,
    ...Object.fromEntries(content.map(([column, , name]) => [column, task.content[name]])),
  };
}

export function newRecordOf(task: NewTask, assigneeId: string | null): TaskRecord {
  const { imported, dependencyCount, openDependencies } = task;
  return {
    ...recordOf(task, assigneeId),
    list: task.list,
    ref: task.ref,
    created_at: imported.createdAt,
    updated_at: imported.updatedAt,
    dependency_count: dependencyCount,
    open_dependencies: openDependencies,
  };
}

/** The times of the file are kept: a task completed last year was not completed today. */
export function insertTasks(teamId: string, projectKey: string, batch: TaskBatch): Statement {
  return statement(
    'projects.import_insert_tasks',
    `insert into public.tasks (
  id, team_id, project_key, list, ref, parent_task_id, created_by, assignee_id, source,
  created_at, updated_at, completed_at, dependency_count, open_dependencies,
  ${columns.join(', ')}
)
select
  i.id, $1, $2, i.list, i.ref, i.parent_task_id, app.current_user_id(), i.assignee_id, i.source,
  coalesce(i.created_at, least(i.updated_at, now())),
  coalesce(i.updated_at, greatest(i.created_at, now())),
  case when i.status = 'completed' then coalesce(i.updated_at, i.created_at) end,
  i.dependency_count, i.open_dependencies,
  ${columns.map((column) => `i.${column}`).join(', ')}
from json_to_recordset($3::json) as i (
  id uuid, list text, ref text, parent_task_id uuid, assignee_id uuid, source jsonb,
  created_at timestamptz, updated_at timestamptz, dependency_count integer, open_dependencies integer,
  ${types.join(', ')}
)`,
    [teamId, projectKey, arrayOf(batch)],
  );
}

/**
 * A deleted task that occurs in the file is restored.
 *
 * Each row looks its values up in one document. A join with `json_to_recordset` read the whole document again for each
 * task of the team where statistics expected one task: 7.8 million comparisons, 3.7 s, for each batch of a file of
 * 20,000 tasks.
 */
export function updateTasks(teamId: string, batch: TaskBatch): Statement {
  return statement(
    'projects.import_update_tasks',
    `update public.tasks t
set (deleted_at, parent_task_id, assignee_id, source, ${columns.join(', ')}) = (
  select null::timestamptz, i.parent_task_id, i.assignee_id, i.source, ${columns.map((column) => `i.${column}`).join(', ')}
  from jsonb_to_record($3::jsonb -> t.id::text) as i (
    parent_task_id uuid, assignee_id uuid, source jsonb, ${types.join(', ')}
  )
)
where t.team_id = $1
  and t.id = any($2::uuid[])`,
    [teamId, batch.ids, byId(batch)],
  );
}

/** Updates the layout information of tasks whose content has not changed. */
export function writeSources(teamId: string, batch: TaskBatch): Statement {
  return statement(
    'projects.import_write_sources',
    `update public.tasks t
set source = nullif($3::jsonb -> t.id::text -> 'source', 'null'::jsonb)
where t.team_id = $1
  and t.id = any($2::uuid[])`,
    [teamId, batch.ids, byId(batch)],
  );
}
