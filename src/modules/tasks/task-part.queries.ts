import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import { fieldsOf, sqlTypes } from '../../platform/schema/field.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { TaskPart } from './task-part.rules.js';

/** A part of a task as JSON text, with the columns that the service needs. */
export interface PartRow {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

type Values = Readonly<Record<string, unknown>>;

interface Assignment {
  readonly column: string;
  readonly parameter: string;
  readonly value: unknown;
  readonly isJson: boolean;
}

function assignments({ shape }: TaskPart, values: Values, first: number): Assignment[] {
  const given = fieldsOf(shape).filter(({ name }) => values[name] !== undefined);
  return given.map(({ name, column, kind }, index) => ({
    column,
    parameter: `$${first + index}::${sqlTypes[kind]}`,
    value: kind === 'json' ? JSON.stringify(values[name]) : values[name],
    isJson: kind === 'json',
  }));
}

function row({ shape }: TaskPart): string {
  return `t.id,\n  t.version,\n  ${jsonOf(shape)} as data`;
}

/** No row if the task does not exist. */
export function insertPart(part: TaskPart, taskId: string, values: Values): Statement<PartRow> {
  const given = assignments(part, values, 2);
  const author = part.author === null ? [] : [part.author];
  const columns = ['team_id', 'task_id', ...author, ...given.map(({ column }) => column)];
  const selected = [
    'k.team_id',
    'k.id',
    ...author.map(() => 'app.current_user_id()'),
    ...given.map((one) => one.parameter),
  ];
  return shapedStatement(
    `tasks.insert_${part.table}`,
    `insert into public.${part.table} as t (${columns.join(', ')})
select ${selected.join(', ')}
from public.tasks k
where k.id = $1
  and k.deleted_at is null
returning
  ${row(part)}`,
    [taskId, ...given.map(({ value }) => value)],
  );
}

const OF_A_LIVE_TASK = `t.task_id = $1
  and t.id = $2
  and exists (
    select
    from public.tasks k
    where k.team_id = t.team_id
      and k.id = t.task_id
      and k.deleted_at is null
  )`;

export function getPart(part: TaskPart, taskId: string, id: string): Statement<PartRow> {
  return statement(
    `tasks.get_${part.table}`,
    `select
  ${row(part)}
from public.${part.table} t
where ${OF_A_LIVE_TASK}`,
    [taskId, id],
  );
}

/**
 * Merges JSON member by member. No row means that the part is gone, has changed, or may not be changed by the caller.
 */
export function updatePart(
  part: TaskPart,
  taskId: string,
  id: string,
  version: number | null,
  values: Values,
): Statement<PartRow> {
  const given = assignments(part, values, 4);
  const set = given.map(({ column, parameter, isJson }) =>
    isJson ? `${column} = app.merge_patch(t.${column}, ${parameter})` : `${column} = ${parameter}`,
  );
  return shapedStatement(
    `tasks.update_${part.table}`,
    `update public.${part.table} t
set ${set.join(',\n  ')}
where ${OF_A_LIVE_TASK}
  and ($3::int is null or t.version = $3)
returning
  ${row(part)}`,
    [taskId, id, version, ...given.map(({ value }) => value)],
  );
}

export function deletePart(
  part: TaskPart,
  taskId: string,
  id: string,
  version: number | null,
): Statement<{ id: string }> {
  return statement(
    `tasks.delete_${part.table}`,
    `delete from public.${part.table} t
where ${OF_A_LIVE_TASK}
  and ($3::int is null or t.version = $3)
returning t.id`,
    [taskId, id, version],
  );
}

export function partsOf(part: TaskPart, teamId: string, taskId: string): ListSource {
  return {
    name: `tasks.${part.table}`,
    table: `public.${part.table}`,
    shape: part.shape,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [teamId],
    conditions: (parameter) => [`t.task_id = ${parameter(taskId)}`],
  };
}
