import type { FieldSpec, Shape } from './field.js';
import { fieldsOf } from './field.js';
import { perObject } from './per-object.js';

/** The select lists of all fields, by alias. Every page and every read of a row needs one. */
const selectLists = perObject((_shape: Shape) => new Map<string, string>());

/** The select list of a shape (`t.due_date as "dueDate"`), so that PostgreSQL writes the JSON that clients get. */
export function projection(shape: Shape, alias = 't', only?: readonly string[]): string {
  if (only !== undefined) return selectList(shape, alias, only);
  const known = selectLists(shape);
  const found = known.get(alias) ?? selectList(shape, alias);
  known.set(alias, found);
  return found;
}

function selectList(shape: Shape, alias: string, only?: readonly string[]): string {
  return fieldsOf(shape)
    .filter((field) => only === undefined || only.includes(field.name))
    .map((field) => columnOf(field, alias))
    .join(',\n    ');
}

function columnOf(field: FieldSpec, alias: string): string {
  if (field.sql !== undefined) return `${field.sql.replaceAll(/\bt\./g, `${alias}.`)} as "${field.name}"`;
  return field.name === field.column ? `${alias}.${field.column}` : `${alias}.${field.column} as "${field.name}"`;
}

/** A scalar subquery that returns one row, given by its alias, as JSON text. */
export function jsonOf(shape: Shape, alias = 't', only?: readonly string[]): string {
  return `(select row_to_json(j)::text from (select ${projection(shape, alias, only)}) j)`;
}
