import { Described } from '../../platform/schema/description.js';
import { Choice, Integer } from '../../platform/schema/field.js';
import { EXPORTED_TABLES } from './personal-sql.js';

/** Rows of each table in one document, so that it has a bounded size. */
const ROWS_MAX = 1_000;

@Described('Which part of the data to export.')
export class PersonalExportParameters {
  @Choice({ description: 'Export this table only; all when left out.', values: EXPORTED_TABLES, optional: true })
  table?: string;

  @Integer({ description: 'Rows of each table.', min: 1, max: ROWS_MAX, default: ROWS_MAX, optional: true })
  limit: number;

  @Integer({
    description:
      'Rows of each table to leave out, oldest first: the next part of a table with more rows than the limit.',
    min: 0,
    max: 2_147_483_647,
    default: 0,
    optional: true,
  })
  offset: number;
}
