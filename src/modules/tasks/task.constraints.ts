import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of tasks to faults. */
export const taskConstraints: ConstraintTable = {
  tasks_assignee_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'The assignee is not a member of the team.',
    path: 'assigneeId',
  },
  tasks_stage_check: {
    code: 'RULE_VIOLATED',
    detail: 'The stage does not go with the status: review with in_progress, blocked and deferred with pending.',
    path: 'stage',
  },
  tasks_parent_check: { code: 'RULE_VIOLATED', detail: 'A task cannot be its own parent.', path: 'parentTaskId' },
  tasks_parent_fkey: { code: 'RULE_VIOLATED', detail: 'There is no such parent task.', path: 'parentTaskId' },
  tasks_team_id_project_key_list_ref_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The list has a task with this number already.',
    path: 'ref',
  },
  tasks_team_id_fkey: { code: 'IN_USE', detail: 'The team still has tasks.' },
  tasks_title_check: { code: 'VALIDATION_FAILED', detail: 'title must not be empty.', path: 'title' },
  tasks_type_check: { code: 'VALIDATION_FAILED', detail: 'type must not be empty.', path: 'type' },
  tasks_priority_check: { code: 'VALIDATION_FAILED', detail: 'priority must be 0 to 10.', path: 'priority' },
  tasks_complexity_score_check: {
    code: 'VALIDATION_FAILED',
    detail: 'complexityScore must be 1 to 10.',
    path: 'complexityScore',
  },
  task_dependencies_pkey: {
    code: 'ALREADY_EXISTS',
    detail: 'The task depends on this one already.',
    path: 'dependsOn',
  },
  task_dependencies_self_check: {
    code: 'DEPENDENCY_CYCLE',
    detail: 'A task cannot depend on itself.',
    path: 'dependsOn',
  },
  task_dependencies_acyclic: {
    code: 'DEPENDENCY_CYCLE',
    detail: 'The other task waits for this one, directly or through others.',
    path: 'dependsOn',
  },
  tasks_parent_acyclic: {
    code: 'RULE_VIOLATED',
    detail: 'The parent is a subtask of this task, directly or through others.',
    path: 'parentTaskId',
  },
  task_comments_content_check: {
    code: 'VALIDATION_FAILED',
    detail: 'content must have 1 to 10,000 characters and not be blank.',
    path: 'content',
  },
  workflow_states_state_check: {
    code: 'VALIDATION_FAILED',
    detail: 'state must be pending, running, completed, failed or cancelled.',
    path: 'state',
  },
  task_leases_live: {
    code: 'LEASE_LOST',
    detail: 'The lease has expired or ended, or is not yours: the task may be with somebody else. Claim it again.',
    path: 'fence',
  },
  task_dependencies_parent_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'There is no such task in the team.',
    path: 'dependsOn',
  },
};
