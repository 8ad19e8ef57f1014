import { createHash } from 'node:crypto';

/**
 * One SQL statement with its values. A method of Database runs it.
 *
 * The name makes it a prepared statement, so PostgreSQL plans it once per connection (unnamed statements cost the
 * server about four times the CPU). One name stands for one text for the life of the process; a text that varies with
 * its input has the empty name, which is planned every time.
 */
export interface Statement<Row = Record<string, unknown>> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** The columns from this one on become one JSON object, which the row has as `data` (row-json.ts). */
  readonly jsonFrom?: number;
  /** Carries the row's type only; never set. */
  readonly row?: Row;
}

// PostgreSQL truncates names to 63 characters, so that two statements could share one plan. One character is left for the
// mark of administrators (scope.ts).
const LONGEST_NAME = 62;

export function statement<Row = Record<string, unknown>>(
  name: string,
  text: string,
  values: readonly unknown[] = [],
): Statement<Row> {
  if (name.length > LONGEST_NAME)
    throw new Error(`The statement name ${name} is longer than ${LONGEST_NAME} characters.`);
  return { name, text, values };
}

/** Clients decide how many shapes there are, so only this many are prepared. */
const SHAPES_MAX = 300;
const shapes = new Map<string, string>();

/**
 * A statement whose text depends on the request (filters, fields, order). The first shapes are prepared; later ones stay
 * unnamed, so that no client can fill the memory of the server with plans.
 */
export function shapedStatement<Row = Record<string, unknown>>(
  prefix: string,
  text: string,
  values: readonly unknown[],
): Statement<Row> {
  let name = shapes.get(text);
  if (name === undefined && shapes.size < SHAPES_MAX) {
    name = `${prefix}.${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
    shapes.set(text, name);
  }
  return { name: name ?? '', text, values };
}
