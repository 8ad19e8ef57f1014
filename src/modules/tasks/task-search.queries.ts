import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Ids of matching tasks, or null if so many match that scanning from the newest is faster (migration 004). */
export function searchTaskIds(
  search: string | undefined,
  tags: readonly (string | null)[],
): Statement<{ ids: string[] | null }> {
  return statement('tasks.search_ids', 'select app.search_task_ids(app.search_query($1), $2::jsonb) as ids', [
    search ?? null,
    tags.length > 0 ? JSON.stringify(tags) : null,
  ]);
}
