import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** What the constraints of validations mean to whoever runs into one. */
export const validationConstraints: ConstraintTable = {
  validation_results_transition: {
    code: 'ILLEGAL_TRANSITION',
    detail: 'The status does not lead there.',
    path: 'validationStatus',
    told: true,
  },
  validation_results_times: {
    code: 'VALIDATION_FAILED',
    detail: 'completedAt does not go with the rest.',
    path: 'completedAt',
    told: true,
  },
  validation_results_fixed: {
    code: 'RULE_VIOLATED',
    detail: 'The task and the type of a validation cannot be changed.',
    path: 'taskId',
  },
  validation_results_external_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The task has a validation of this type with this external id already.',
    path: 'externalId',
  },
};
