import { createHash } from 'node:crypto';

/**
 * One SQL statement with its values: nothing runs until a method of Database is given it.
 *
 * The name makes it a prepared statement, so PostgreSQL plans it once per connection (unnamed statements cost the
 * server about four times the CPU). One name stands for one text for the life of the process; a text that varies with
 * its input has the empty name, which is planned every time.
 */
export interface Statement<Row = Record<string, unknown>> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Carries the row's type only; never set. */
  readonly row?: Row;
}

// PostgreSQL cuts names beyond 63 characters without a word, and then two statements could share one plan; one character
// is left for the mark of an administrator's (scope.ts).
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

/** At most this many shapes get a prepared statement: their number is in the hands of the clients. */
const SHAPES_MAX = 300;
const shapes = new Map<string, string>();

/**
 * A statement whose text depends on what the client asked for (filters, fields, order). The first shapes are prepared;
 * later ones stay unnamed, so that nobody can fill the server's memory with plans.
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
