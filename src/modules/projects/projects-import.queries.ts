import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { Edge } from './dependency-graph.js';
import type { JsonObject } from './tasks-json/json-value.js';
import type { ListSource, TaskSource } from './tasks-json/tasks-json.model.js';

export interface ListRow {
  readonly list: string;
  readonly position: number;
  readonly metadata: JsonObject;
  readonly source: ListSource | null;
}

/** JSON stays text in both rows, because the parser of the driver would cut long numbers. */
export interface StoredList extends Omit<ListRow, 'metadata'> {
  readonly metadata: string;
}

export interface TaskRow {
  readonly id: string;
  readonly list: string;
  readonly ref: string;
  readonly assigneeId: string | null;
  readonly isDeleted: boolean;
  readonly content: string;
  readonly source: TaskSource | null;
}

/**
 * Without a name, the statement is planned each time. A prepared statement keeps the plan of the first small project,
 * and with that plan the dependencies of 5,000 tasks took half a minute to read.
 */
const unnamed = '';

/**
 * Serializes imports within a team, and blocks new dependencies there, so that the graph cannot change between reading
 * and checking. Like every writer of dependencies, it takes this lock first. Meanwhile the project can neither be
 * deleted nor change its setting for cancelled tasks.
 */
export function lockImport(projectId: string): Statement<{ id: string }> {
  return statement(
    'projects.import_lock',
    `select
  p.id,
  pg_advisory_xact_lock(app.task_graph_key(p.team_id)) as graph,
  pg_advisory_xact_lock_shared(app.task_options_key(p.team_id)) as options,
  set_config('app.cascades', 'off', true) as cascades,
  set_config('app.gate_waived', 'on', true) as waived
from public.projects p
where p.id = $1
  and p.deleted_at is null
for key share`,
    [projectId],
  );
}

/**
 * Returns those of the statuses in which a prerequisite is open for tasks of the project. It runs after the locks are
 * taken.
 */
export function readOpenStatuses(projectId: string, statuses: readonly string[]): Statement<{ status: string }> {
  return statement(
    'projects.import_open_statuses',
    `select s.status
from public.projects p
cross join unnest($2::text[]) s (status)
where p.id = $1
  and app.is_open(s.status, null, app.project_option(p.settings, 'cancelledSatisfies'))`,
    [projectId, statuses],
  );
}

/**
 * Foreign key checks keep the plan of their first use. A plan made for nearly empty tables scans a whole table for each
 * row: 5,000 tasks then took a minute. After this statement, the next use plans again.
 */
export const forgetPlans: Statement = statement('projects.import_forget_plans', 'discard plans');

export function readLists(teamId: string, projectKey: string): Statement<StoredList> {
  return statement(
    'projects.import_lists',
    `select l.list, l.position, l.metadata::text as metadata, l.source
from public.task_lists l
where l.team_id = $1
  and l.project_key = $2
order by l.position, l.created_at, l.list`,
    [teamId, projectKey],
  );
}

const TASKS = `select
  t.id,
  t.list,
  t.ref,
  t.assignee_id as "assigneeId",
  t.deleted_at is not null as "isDeleted",
  t.source,
  json_build_object(
    'title', t.title,
    'description', t.description,
    'details', t.details,
    'testStrategy', t.test_strategy,
    'type', t.type,
    'status', t.status,
    'stage', t.stage,
    'priority', t.priority,
    'complexityScore', t.complexity_score,
    'affectedFiles', t.affected_files,
    'requirements', t.requirements,
    'acceptanceCriteria', t.acceptance_criteria,
    'tags', t.tags,
    'assignedTo', t.assigned_to,
    'estimatedHours', t.estimated_hours,
    'actualHours', t.actual_hours,
    'metadata', t.metadata,
    'createdAt', t.created_at,
    'updatedAt', t.updated_at
  )::text as content
from public.tasks t
where t.team_id = $1
  and t.project_key = $2
  and ($3::text[] is null or t.list = any($3::text[]))`;

/** The stored tasks that a file is compared with. They include deleted tasks, which keep their numbers. */
export function lockTasks(teamId: string, projectKey: string, lists: readonly string[] | null): Statement<TaskRow> {
  return statement(unnamed, `${TASKS}\norder by t.id\nfor no key update`, [teamId, projectKey, lists]);
}

/** The tasks to export. */
export function readTasks(teamId: string, projectKey: string, lists: readonly string[] | null): Statement<TaskRow> {
  return statement(unnamed, `${TASKS}\n  and t.deleted_at is null`, [teamId, projectKey, lists]);
}

/**
 * The dependencies of these tasks. It takes ids instead of a join, because without statistics, as after a first import,
 * a join compares all rows with all.
 */
export function readEdges(teamId: string, ids: readonly string[]): Statement<Edge> {
  return statement(
    unnamed,
    `select d.child_task_id as child, d.parent_task_id as parent
from public.task_dependencies d
where d.team_id = $1
  and d.child_task_id = any($2::uuid[])`,
    [teamId, ids],
  );
}

/** Generates ids in advance, so that one statement can insert parents and subtasks together. */
export function newIds(count: number): Statement<{ id: string }> {
  return statement('projects.import_ids', 'select app.new_id() as id\nfrom generate_series(1, $1::int)', [count]);
}

/**
 * Finds the members that the names in a file mean, in one statement. The rule is that of single tasks
 * (task.queries.ts).
 */
export function findMembers(teamId: string, names: readonly string[]): Statement<{ id: string; names: string[] }> {
  return statement(
    'projects.import_members',
    `select u.id, array[lower(u.username), lower(u.email)] as names
from public.team_members m
join public.users u on u.id = m.user_id
where m.team_id = $1
  and (lower(u.username) = any($2::text[]) or lower(u.email) = any($2::text[]))
order by u.id`,
    [teamId, names],
  );
}

/** Also locks the lists, changed or not, so that no other transaction numbers tasks in them during the import. */
export function writeLists(teamId: string, projectKey: string, lists: readonly ListRow[]): Statement {
  return statement(
    'projects.import_write_lists',
    `insert into public.task_lists as l (team_id, project_key, list, position, metadata, source)
select $1, $2, i.list, i.position, i.metadata, i.source
from json_to_recordset($3::json) as i (list text, position integer, metadata jsonb, source jsonb)
order by i.list
on conflict (team_id, project_key, list) do update
set position = excluded.position,
    metadata = excluded.metadata,
    source = excluded.source
where (l.position, l.metadata, l.source) is distinct from (excluded.position, excluded.metadata, excluded.source)`,
    [teamId, projectKey, JSON.stringify(lists)],
  );
}

/** Raises the next number of each list, and of each task for its subtasks, above every used number. */
export function raiseListCounters(teamId: string, projectKey: string, lists: readonly string[]): Statement {
  return statement(
    unnamed,
    `update public.task_lists l
set next_ref = m.next
from (
  select t.list, max(t.ref_path[1]) + 1 as next
  from public.tasks t
  where t.team_id = $1
    and t.project_key = $2
    and t.list = any($3::text[])
  group by t.list
) m
where l.team_id = $1
  and l.project_key = $2
  and l.list = m.list
  and l.next_ref < m.next`,
    [teamId, projectKey, lists],
  );
}

/**
 * A separate statement, because raising a counter must not change the version. The numbers come from one document: a join
 * of a new team's tasks with their subtasks was planned for one of each, and took 24 s for 10,000 tasks.
 */
export function raiseTaskCounters(teamId: string, projectKey: string, lists: readonly string[]): Statement {
  return statement(
    unnamed,
    `with m as materialized (
  select jsonb_object_agg(c.parent_task_id, c.next) as next
  from (
    select t.parent_task_id, max(t.ref_path[cardinality(t.ref_path)]) + 1 as next
    from public.tasks t
    where t.team_id = $1
      and t.project_key = $2
      and t.list = any($3::text[])
      and t.parent_task_id is not null
    group by t.parent_task_id
  ) c
)
update public.tasks p
set next_child = (m.next -> p.id::text)::integer
from m
where p.team_id = $1
  and p.project_key = $2
  and p.list = any($3::text[])
  and p.next_child < (m.next -> p.id::text)::integer`,
    [teamId, projectKey, lists],
  );
}

/** Skips the cycle check until the transaction ends, because the plan has checked all dependencies under the lock. */
export const skipDependencyChecks: Statement = statement(
  'projects.import_checked',
  `select set_config('app.dependencies_checked', 'on', true)`,
);

/** Turns the counting of dependencies off or on, because the tasks of an import are inserted with their counts. */
export function skipDependencyCounts(skip: boolean): Statement {
  return statement('projects.import_counted', `select set_config('app.dependencies_counted', $1, true)`, [
    skip ? 'on' : 'off',
  ]);
}

export function addEdges(teamId: string, edges: readonly Edge[]): Statement {
  return statement(
    unnamed,
    `insert into public.task_dependencies (team_id, child_task_id, parent_task_id, created_by)
select $1, e.child, e.parent, app.current_user_id()
from unnest($2::uuid[], $3::uuid[]) as e (child, parent)`,
    [teamId, edges.map(({ child }) => child), edges.map(({ parent }) => parent)],
  );
}

/** A list of pairs rather than a join, which compared each edge of the team with each pair (see `updateTasks`). */
export function removeEdges(teamId: string, edges: readonly Edge[]): Statement {
  return statement(
    unnamed,
    `delete from public.task_dependencies d
where d.team_id = $1
  and d.child_task_id = any($2::uuid[])
  and d.child_task_id || ' ' || d.parent_task_id = any($3::text[])`,
    [teamId, edges.map(({ child }) => child), edges.map(({ child, parent }) => `${child} ${parent}`)],
  );
}

/** All tasks share one timestamp, like in every deletion, so that a restore brings back the same set. */
export function deleteTasks(teamId: string, ids: readonly string[]): Statement {
  return statement(
    unnamed,
    `update public.tasks t
set deleted_at = now()
where t.team_id = $1
  and t.id = any($2::uuid[])
  and t.deleted_at is null`,
    [teamId, ids],
  );
}
