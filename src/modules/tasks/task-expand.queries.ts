import type { RelatedRows } from '../../platform/operations/relation.js';
import { fieldsOf } from '../../platform/schema/field.js';
import { projection } from '../../platform/schema/projection.js';
import type { TaskDetails } from './task-expand.dto.js';
import { EXPANDED_MAX, NamedComment } from './task-expand.dto.js';
import { TaskReference } from './task-dependency.dto.js';
import { comments } from './task-part.rules.js';
import { dependantRows, dependencyRows, partRows, subtaskRows, taskRows } from './task-related.queries.js';
import { ExpandedTask, Task } from './task.dto.js';

interface Expansion {
  readonly rows: RelatedRows;
  /** When false, the expansion is one row or null. */
  readonly many: boolean;
}

const expansions: Readonly<Record<Exclude<keyof TaskDetails, keyof ExpandedTask>, Expansion>> = {
  dependencies: { rows: dependencyRows, many: true },
  dependants: { rows: dependantRows, many: true },
  subtasks: { rows: { ...subtaskRows, shape: TaskReference }, many: true },
  parent: { rows: { ...taskRows('parentTaskId'), shape: TaskReference }, many: false },
  comments: { rows: { ...partRows(comments), shape: NamedComment }, many: true },
};

const columns = new Map(fieldsOf(Task).map(({ name, column }) => [name, column]));

/** The rows that belong to the task `t`, as one JSON value. Inside, `t` is a related row and `k` the keys of the task. */
function expansionSql({ rows, many }: Expansion): string {
  const keys = Object.values(rows.on).map((field, index) => `t.${columns.get(field) ?? field} as k${index}`);
  const matches = Object.keys(rows.on).map((column, index) => `t.${column} = k.k${index}`);
  const found = `from ${rows.table} t where ${[...matches, ...(rows.where ?? [])].join(' and ')}`;
  const order = rows.orderBy === undefined ? '' : `order by ${rows.orderBy}`;
  const read = `(select ${projection(rows.shape)} ${found} ${order} limit ${many ? EXPANDED_MAX : 1}) i`;
  const of = `from (select ${keys.join(', ')}) k`;
  if (!many) return `(select row_to_json(i) ${of} cross join lateral ${read})`;
  return `(select json_build_object(
    'items', (select coalesce(json_agg(row_to_json(i)), '[]') from ${read}),
    'total', n.total,
    'hasMore', n.total > ${EXPANDED_MAX}
  ) ${of} cross join lateral (select count(*) as total ${found}) n)`;
}

/** Whether fields of `TaskDetails` select rows that belong to the task, such as comments. */
export const selectsRelated = (fields: readonly string[]): boolean =>
  fields.some((name) => Object.hasOwn(expansions, name));

/** The select list of the task `t` with these fields of `TaskDetails`. */
export function taskDetails(fields: readonly string[]): string {
  const related = Object.entries(expansions)
    .filter(([name]) => fields.includes(name))
    .map(([name, expansion]) => `${expansionSql(expansion)} as "${name}"`);
  return [projection(ExpandedTask, 't', fields), ...related].join(',\n  ');
}
