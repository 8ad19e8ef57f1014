/**
 * One SQL statement with its values: inert until a door of the Database runs it.
 *
 * The name makes it a prepared statement, so PostgreSQL plans it once per connection (unnamed statements cost the
 * server about four times the CPU). One name must stand for one text for the life of the process.
 */
export interface Statement<Row = Record<string, unknown>> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Carries the row's type only; never set. */
  readonly row?: Row;
}

export function statement<Row = Record<string, unknown>>(
  name: string,
  text: string,
  values: readonly unknown[] = [],
): Statement<Row> {
  return { name, text, values };
}
