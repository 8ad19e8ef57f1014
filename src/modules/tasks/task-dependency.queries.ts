import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { BlockerRow } from './task-blockers.rules.js';
import { TaskDependency } from './task-dependency.dto.js';
import { isUuid } from '../../platform/schema/uuid.js';

/** A dependency as JSON text. Within a task, the id of the prerequisite identifies it. */
export interface DependencyRow {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

/**
 * The dependencies of a task on its side of them, with the task on the other side. Rows for deleted tasks are kept,
 * because a task can be restored, but they are not shown.
 */
const dependencies = (own: string, other: string, name: string): string => `(
  select
    p.id,
    d.team_id,
    d.${own} as task_id,
    json_build_object(
      'id', p.id,
      'projectKey', p.project_key,
      'list', p.list,
      'ref', p.ref,
      'title', p.title,
      'status', p.status,
      'stage', p.stage,
      'priority', p.priority
    ) as ${name},
    d.created_by,
    d.version,
    d.created_at
  from public.task_dependencies d
  join public.tasks p on p.id = d.${other}
  where p.deleted_at is null
)`;
export const DEPENDENCIES = dependencies('child_task_id', 'parent_task_id', 'depends_on');
export const DEPENDANTS = dependencies('parent_task_id', 'child_task_id', 'dependant');

/**
 * Only one transaction per team adds dependencies at a time, so that two cannot close a cycle together. It takes this
 * lock first, which rules out deadlocks.
 */
export function lockGraph(taskId: string): Statement<{ teamId: string }> {
  return statement(
    'tasks.lock_graph',
    `select t.team_id as "teamId", pg_advisory_xact_lock(app.task_graph_key(t.team_id)) as lock
from public.tasks t
where t.id = $1
  and t.deleted_at is null`,
    [taskId],
  );
}

/** Finds the task of the same team by id, or the task of the same list by number. */
export function findPrerequisite(taskId: string, word: string): Statement<{ id: string }> {
  const byId = isUuid(word);
  return statement(
    byId ? 'tasks.prerequisite_by_id' : 'tasks.prerequisite_by_ref',
    `select p.id
from public.tasks t
join public.tasks p
  on p.team_id = t.team_id
  and ${byId ? 'p.id = $2::uuid' : 'p.project_key = t.project_key\n  and p.list = t.list\n  and p.ref = $2'}
where t.id = $1
  and p.deleted_at is null`,
    [taskId, word],
  );
}

export function addDependency(taskId: string, prerequisiteId: string): Statement {
  return statement(
    'tasks.add_dependency',
    `insert into public.task_dependencies (team_id, child_task_id, parent_task_id, created_by)
select t.team_id, t.id, $2, app.current_user_id()
from public.tasks t
where t.id = $1
on conflict do nothing`,
    [taskId, prerequisiteId],
  );
}

export function getDependency(taskId: string, prerequisiteId: string): Statement<DependencyRow> {
  return statement(
    'tasks.get_dependency',
    `select
  t.id,
  t.version,
  ${jsonOf(TaskDependency)} as data
from ${DEPENDENCIES} t
where t.task_id = $1
  and t.id = $2`,
    [taskId, prerequisiteId],
  );
}

/** Removes a dependency that still has the expected version. */
export function removeDependency(
  taskId: string,
  prerequisiteId: string,
  version: number | null,
): Statement<{ id: string }> {
  return statement(
    'tasks.remove_dependency',
    `delete from public.task_dependencies d
using public.tasks t
where t.id = $1
  and t.deleted_at is null
  and d.team_id = t.team_id
  and d.child_task_id = t.id
  and d.parent_task_id = $2
  and ($3::int is null or d.version = $3)
returning d.parent_task_id as id`,
    [taskId, prerequisiteId, version],
  );
}

export function dependenciesOf(teamId: string, taskId: string): ListSource {
  return {
    name: 'tasks.dependencies',
    table: DEPENDENCIES,
    shape: TaskDependency,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [teamId],
    conditions: (parameter) => [`t.task_id = ${parameter(taskId)}`],
  };
}

/** The task, then every open prerequisite that is reachable from it; no row if the task does not exist. */
export function blockersOf(taskId: string): Statement<BlockerRow> {
  return statement(
    'tasks.blockers',
    `select
  b.depth, b.path, b.id, b.project_key as "projectKey", b.list, b.ref, b.title, b.status, b.stage, b.priority,
  b.assignee_id as "assigneeId", b.is_ready as "isReady", b.is_deleted as "isDeleted",
  b.open_dependencies as "openDependencies", b.leased_until as "leasedUntil", b.waits_for_parent as "waitsForParent"
from app.task_blockers($1) b`,
    [taskId],
  );
}
