import { decoderFor } from './pg-wire.js';
import type { Decode, FieldDescription } from './pg-wire.js';
import { jsonWriter } from './row-json.js';

type Values = readonly (string | null)[];

/** Makes a row of the texts that PostgreSQL sends. */
export type ReadRow = (values: Values) => Record<string, unknown>;

interface Column {
  readonly name: string;
  readonly decode: Decode;
}

function decodeRow(columns: readonly Column[], values: Values): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    const text = values[i];
    if (column) row[column.name] = text === null || text === undefined ? null : column.decode(text);
  }
  return row;
}

/** Decodes each column by its type; those from `jsonFrom` on are written as one JSON object, in `data`. */
export function rowReader(fields: readonly FieldDescription[], jsonFrom?: number): ReadRow {
  const columns = fields.slice(0, jsonFrom).map((field) => ({ name: field.name, decode: decoderFor(field) }));
  if (jsonFrom === undefined || fields.length <= jsonFrom) return (values) => decodeRow(columns, values);
  const write = jsonWriter(fields, jsonFrom);
  return (values) => {
    const row = decodeRow(columns, values);
    row.data = write(values);
    return row;
  };
}
