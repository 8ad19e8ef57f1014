/** The values of an update and their parameters. */
export interface MergedValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Turns a merge patch (RFC 7396) into the values of TypeORM's update builder. A JSON column takes the members that were
 * sent and keeps the others; fields in `reset` were set to null and replace the column.
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
