import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

interface ExportedTable {
  readonly name: string;
  /** A bigint. */
  readonly total: string;
  /** A JSON array. */
  readonly rows: string;
}

/** What the database holds of the user of the session: all tables, or one. */
export function exportPerson(table: string | null, limit: number, offset: number): Statement<ExportedTable> {
  return statement('privacy.export_person', 'select name, total::text, rows from app.export_person($1, $2, $3)', [
    table,
    limit,
    offset,
  ]);
}
