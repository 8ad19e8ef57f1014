import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import { projection } from '../../platform/schema/projection.js';
import { taskDetails } from './task-expand.queries.js';
import { Task } from './task.dto.js';
import type { Columns } from './task.rules.js';

/** A task as JSON text, with the columns that the service needs. */
export interface TaskRow {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

/** Addresses a task by id, or by its number within a project and list. */
export type TaskAddress =
  | { readonly id: string }
  | { readonly teamId: string; readonly projectKey: string; readonly list: string; readonly ref: string };

/** A task, or only these fields of it, which may be some that `expand` adds. Its JSON is written from the third column on. */
export const rowOf = (fields?: readonly string[]): string => `t.id,
  t.version,
  ${fields ? taskDetails(fields) : projection(Task)}`;

export const withJson = (one: Statement<TaskRow>): Statement<TaskRow> => ({ ...one, jsonFrom: 2 });

/** The condition that finds a task by its address, with parameters from `$first` on. */
export function where(
  address: TaskAddress,
  first = 1,
): { readonly name: string; readonly text: string; readonly values: unknown[] } {
  const at = (offset: number): string => `$${first + offset}`;
  if ('id' in address) return { name: 'id', text: `t.id = ${at(0)}`, values: [address.id] };
  const { teamId, projectKey, list, ref } = address;
  return {
    name: 'ref',
    text: `t.team_id = ${at(0)} and t.project_key = ${at(1)} and t.list = ${at(2)} and t.ref = ${at(3)}`,
    values: [teamId, projectKey, list, ref],
  };
}

export function getTask(address: TaskAddress, fields?: readonly string[]): Statement<TaskRow> {
  const { name, text, values } = where(address);
  const sql = `select
  ${rowOf(fields)}
from public.tasks t
where ${text}
  and t.deleted_at is null`;
  return withJson((fields ? shapedStatement<TaskRow> : statement<TaskRow>)(`tasks.get_${name}`, sql, values));
}

/** The version of a task that an update did not match, to distinguish a concurrent change from a missing task. */
export function versionOf(address: TaskAddress): Statement<{ id: string; version: number; deleted: boolean }> {
  const { name, text, values } = where(address);
  return statement(
    `tasks.version_${name}`,
    `select t.id, t.version, t.deleted_at is not null as deleted\nfrom public.tasks t\nwhere ${text}`,
    values,
  );
}

/** Locks a task with a live lease until the transaction ends; no row if the task does not exist. */
export function holdLease(address: TaskAddress, fence: number): Statement<{ held: boolean }> {
  const { name, text, values } = where(address, 2);
  return statement(
    `tasks.hold_lease_${name}`,
    `select app.hold_lease(t.id, $1) as held
from public.tasks t
where ${text}
  and t.deleted_at is null`,
    [fence, ...values],
  );
}

/** Where a new task belongs: in a team, in a list of a project, or under a parent task. */
export type TaskLocation =
  | { readonly kind: 'team'; readonly teamId: string | null }
  | { readonly kind: 'project'; readonly teamId: string; readonly projectKey: string; readonly list: string }
  | { readonly kind: 'parent'; readonly parent: TaskAddress; readonly within: Within };

/** The team and project that the request names besides the parent. A parent elsewhere counts as missing. */
interface Within {
  readonly teamId: string | null;
  readonly projectKey: string | null;
}

function sourceOf(location: TaskLocation): {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
} {
  switch (location.kind) {
    case 'team':
      return {
        name: location.teamId === null ? 'default_team' : 'team',
        text: `location as (
  select team.id as team_id, null::text as project_key, null::text as list, null::text as ref, null::uuid as parent_task_id
  from public.teams team
  where team.id = ${location.teamId === null ? '(select app.default_team_id())' : '$1'}
)`,
        values: location.teamId === null ? [] : [location.teamId],
      };
    case 'project':
      // The foreign key takes this lock anyway. Taken here, it also waits for a concurrent deletion of the project.
      return {
        name: 'project',
        text: `location as (
  insert into public.task_lists as l (team_id, project_key, list, next_ref)
  select p.team_id, p.project_key, $3, 2
  from public.projects p
  where p.team_id = $1
    and p.project_key = $2
    and p.deleted_at is null
  for key share
  on conflict (team_id, project_key, list) do update
  set next_ref = l.next_ref + 1
  returning l.team_id, l.project_key::text, l.list::text, (l.next_ref - 1)::text as ref, null::uuid as parent_task_id
)`,
        values: [location.teamId, location.projectKey, location.list],
      };
    case 'parent': {
      const { name, text, values } = where(location.parent);
      const next = values.length + 1;
      return {
        name: `parent_${name}`,
        text: `location as (
  update public.tasks t
  set next_child = t.next_child + 1
  where ${text}
    and t.deleted_at is null
    and ($${next}::uuid is null or t.team_id = $${next})
    and ($${next + 1}::text is null or t.project_key = $${next + 1})
  returning t.team_id, t.project_key::text, t.list::text, t.ref || '.' || (t.next_child - 1) as ref, t.id as parent_task_id
)`,
        values: [...values, location.within.teamId, location.within.projectKey],
      };
    }
  }
}

/**
 * Free text that names a member also sets the assignee, and an assignee without text sets the text to their user name.
 * The plain expression stays in the SQL, because PostgreSQL cannot infer the type of an unreferenced parameter.
 */
function withAssignee(
  column: string,
  expression: string,
  columns: Columns,
  parameter: (name: string) => string,
): string {
  if (column === 'assignee_id' && columns.get('assigned_to')?.value && !columns.get('assignee_id')?.value) {
    return `coalesce(${expression}, (
    select m.user_id
    from public.team_members m
    join public.users u on u.id = m.user_id
    where m.team_id = location.team_id
      and lower(${parameter('assigned_to')}) in (lower(u.username), lower(u.email))
    limit 1
  ))`;
  }
  if (column === 'assigned_to' && columns.get('assignee_id')?.value && !columns.get('assigned_to')?.value) {
    return `coalesce(nullif(${expression}, ''), (select u.username from public.users u where u.id = ${parameter('assignee_id')}))`;
  }
  return expression;
}

/** Inserts a task and numbers it in the same statement: this takes one round trip, and no number is assigned twice. */
export function insertTask(location: TaskLocation, columns: Columns, fields?: readonly string[]): Statement<TaskRow> {
  const at = sourceOf(location);
  const names = [...columns.keys()];
  const parameter = (name: string): string =>
    `$${at.values.length + 1 + names.indexOf(name)}::${columns.get(name)?.cast ?? 'text'}`;
  const expressions = names.map((name) => withAssignee(name, parameter(name), columns, parameter));
  const insert = shapedStatement<TaskRow>(
    `tasks.insert_${at.name}`,
    `with ${at.text}
insert into public.tasks as t (
  team_id, project_key, list, ref, parent_task_id, created_by,
  ${names.join(', ')}
)
select
  location.team_id, location.project_key, location.list, location.ref, location.parent_task_id, app.current_user_id(),
  ${expressions.join(',\n  ')}
from location
returning
  ${rowOf(fields)}`,
    [...at.values, ...names.map((name) => columns.get(name)?.value)],
  );
  return withJson(insert);
}

function assignments(columns: Columns, first: number): string[] {
  const names = [...columns.keys()];
  const parameter = (name: string): string => `$${first + names.indexOf(name)}::${columns.get(name)?.cast ?? 'text'}`;
  const own = (text: string): string => text.replaceAll('location.team_id', 't.team_id');
  const valueOf = (name: string): string =>
    columns.get(name)?.merge ? `app.merge_patch(t.${name}, ${parameter(name)})` : parameter(name);
  const set = names.map((name) => `${name} = ${own(withAssignee(name, valueOf(name), columns, parameter))}`);
  // If only one of the two columns is given, the other one is set or cleared to match.
  for (const [given, other] of [
    ['assigned_to', 'assignee_id'],
    ['assignee_id', 'assigned_to'],
  ] as const) {
    if (columns.has(given) && !columns.has(other))
      set.push(
        `${other} = ${own(withAssignee(other, `null::${other === 'assignee_id' ? 'uuid' : 'text'}`, columns, parameter))}`,
      );
  }
  return set;
}

/**
 * Updates a task that still has the expected version and, with `unless`, another status. No row means that it is gone, has
 * changed, or has that status.
 */
export function updateTask(
  address: TaskAddress,
  version: number | null,
  columns: Columns,
  unless?: 'completed',
): Statement<TaskRow> {
  const { name, text, values } = where(address, 2);
  const first = 2 + values.length;
  const set = columns.size === 0 ? ['updated_at = t.updated_at'] : assignments(columns, first);
  const update = shapedStatement<TaskRow>(
    `tasks.update_${name}`,
    `update public.tasks t
set ${set.join(',\n  ')}
where ${text}
  and t.deleted_at is null
  and ($1::int is null or t.version = $1)${unless ? `\n  and t.status <> '${unless}'` : ''}
returning
  ${rowOf()}`,
    [version, ...values, ...[...columns.values()].map((column) => column.value)],
  );
  return withJson(update);
}
