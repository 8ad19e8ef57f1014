import type { Statement } from '../database/statement.js';

export interface StatusCount {
  readonly status: string;
  readonly tasks: number;
}

/** Counts the tasks of all tenants by status, without deleted ones. */
export function countTasksByStatus(): Statement<StatusCount> {
  return {
    name: 'count_tasks_by_status',
    text: `
      select status, count(*)::float8 as tasks
      from public.tasks
      where deleted_at is null
      group by status`,
    values: [],
  };
}
