/** Values of an update, and the parameters that they name. */
export interface MergedValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * A merge patch (RFC 7396) as the values of TypeORM's update builder: a JSON column takes the members it is sent and
 * keeps the others. What the patch reset by null is in `reset` and replaces the column.
 */
export function mergedValues(
  patch: object,
  jsonColumns: readonly string[],
  reset: ReadonlySet<string> = new Set(),
): MergedValues {
  const values: Record<string, unknown> = { ...patch };
  const parameters: Record<string, unknown> = {};
  for (const column of jsonColumns) {
    if (values[column] === undefined || reset.has(column)) continue;
    parameters[`merge_${column}`] = JSON.stringify(values[column]);
    values[column] = () => `app.merge_patch(${column}, :merge_${column}::jsonb)`;
  }
  return { values, parameters };
}
