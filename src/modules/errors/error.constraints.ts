import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of errors to faults. */
export const errorConstraints: ConstraintTable = {
  error_logs_assignee_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'The assignee is not a member of the team.',
    path: 'assigneeId',
  },
  error_logs_task_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'There is no such task in the team.',
    path: 'taskId',
  },
  error_logs_team_id_fkey: { code: 'IN_USE', detail: 'The team still has errors.' },
  error_logs_project_fkey: { code: 'IN_USE', detail: 'The project still has errors.' },
};
