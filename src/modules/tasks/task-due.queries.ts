import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

export function noticeDueTasks(withinHours: number): Statement<{ readonly noticed: number }> {
  return statement('tasks.notice_due', 'select app.notice_due_tasks(make_interval(hours => $1::integer)) as noticed', [
    withinHours,
  ]);
}
