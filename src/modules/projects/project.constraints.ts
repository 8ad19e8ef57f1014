import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of projects and lists to faults. */
export const projectConstraints: ConstraintTable = {
  projects_team_id_project_key_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The team has a project with this key already, or had one: keys are not given twice.',
    path: 'projectKey',
  },
  projects_project_key_check: {
    code: 'VALIDATION_FAILED',
    detail: 'projectKey must be letters, digits, - and _, and start with a letter or digit.',
    path: 'projectKey',
  },
  projects_settings_check: {
    code: 'VALIDATION_FAILED',
    detail: 'settings must be a JSON object.',
    path: 'settings',
  },
  projects_metadata_check: {
    code: 'VALIDATION_FAILED',
    detail: 'metadata must be a JSON object.',
    path: 'metadata',
  },
  projects_team_id_fkey: { code: 'IN_USE', detail: 'The team still has projects.' },
  task_lists_list_check: {
    code: 'VALIDATION_FAILED',
    detail: 'list must be letters, digits, - and _.',
    path: 'list',
  },
  task_lists_metadata_check: {
    code: 'VALIDATION_FAILED',
    detail: 'metadata must be a JSON object.',
    path: 'metadata',
  },
};
