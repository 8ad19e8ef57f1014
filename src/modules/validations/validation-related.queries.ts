import type { RelatedRows } from '../../platform/operations/relation.js';
import { Validation } from './validation.dto.js';
import { validationSource } from './validation.queries.js';

export const validationRows: RelatedRows = {
  table: validationSource.table,
  shape: Validation,
  on: { team_id: 'teamId', task_id: 'id' },
  orderBy: 't.created_at desc, t.id desc',
};
