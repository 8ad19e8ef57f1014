import type { RelatedRows } from '../../platform/operations/relation.js';
import { ErrorLog } from './error.dto.js';

export const errorRows: RelatedRows = {
  table: 'public.error_logs',
  shape: ErrorLog,
  on: { team_id: 'teamId', task_id: 'id' },
  where: ['t.merged_into is null'],
  orderBy: 't.last_occurred_at desc, t.id desc',
};
