import type { Statement } from '../database/statement.js';
import { shapedStatement } from '../database/statement.js';
import { fieldsOf, sqlTypes } from '../schema/field.js';
import { projection } from '../schema/projection.js';
import type { RelatedRows } from '../operations/relation.js';

/** The SQL type of the parameter for a column of a relation. */
function typeOfColumn(rows: RelatedRows, column: string): string {
  const field = fieldsOf(rows.shape).find((one) => one.column === column);
  return field ? sqlTypes[field.kind] : 'uuid';
}

/**
 * Reads the related rows of many rows in one statement: one JSON array per key, in the order of the keys. Each key has
 * its own index scan, so the limit applies to each key.
 */
export function relatedRows(
  rows: RelatedRows,
  keys: readonly (readonly unknown[])[],
  fields: readonly string[],
  limit: number,
): Statement<{ data: string }> {
  const columns = Object.keys(rows.on);
  const unnested = columns.map((column, index) => `$${index + 1}::${typeOfColumn(rows, column)}[]`).join(', ');
  const names = columns.map((_, index) => `c${index}`).join(', ');
  const matches = columns.map((column, index) => `t.${column} = k.c${index}`);
  const order = rows.orderBy ?? columns.map((column) => `t.${column}`).join(', ');
  const text = `select '[' || coalesce(string_agg('[' || coalesce(x.items, '') || ']', ',' order by k.n), '') || ']' as data
from unnest(${unnested}) with ordinality as k (${names}, n)
cross join lateral (
  select string_agg((select row_to_json(j)::text from (select ${projection(rows.shape, 'p', fields)}) j), ',' order by p.o) as items
  from (
    select t.*, row_number() over (order by ${order}) as o
    from ${rows.table} t
    where ${[...matches, ...(rows.where ?? [])].join('\n      and ')}
    order by ${order}
    limit $${columns.length + 1}
  ) p
) x`;
  const values = columns.map((_, index) => keys.map((key) => key[index]));
  return shapedStatement('graphql.related', text, [...values, limit]);
}
