import type { ConstraintTable } from '../../platform/database/sql-state.js';
import type { FieldProblem } from '../../platform/faults/fault.js';

interface FailedCondition {
  readonly type: string | null;
  readonly metric: string;
  readonly severity: string | null;
  readonly required: string | number;
  readonly actual: string | number | null;
}

function sentenceOf({ type, metric, severity, required, actual }: FailedCondition): string {
  if (metric === 'findings' && actual === null)
    return `nobody knows how many findings of severity ${String(severity)} there are, and at most ${required} may be`;
  if (metric === 'findings')
    return `there are ${String(actual)} findings of severity ${String(severity)}, at most ${required} may be`;
  const isWithout = metric === 'status' || type === null;
  const none = isWithout ? 'there is no result yet' : 'a result that did not pass has none';
  const found = actual === null ? none : `it is ${actual}`;
  return `${type ?? 'the score'} must be ${metric === 'score' ? `${required} or more` : required}, and ${found}`;
}

/** The unmet conditions, as app.check_validation_gate lists them. */
function problemsOfConditions(detail: string): FieldProblem[] {
  return (JSON.parse(detail) as readonly FailedCondition[]).map((condition) => ({
    path: 'status',
    message: sentenceOf(condition),
    code: 'VALIDATION_GATE_FAILED',
  }));
}

/** Formats the old and the new status, as app.touch_validation reports them. */
function sentenceOfTransition(statuses: string): string {
  if (statuses === '') return 'The status does not lead there.';
  const [from = '', to = ''] = statuses.split(' ');
  return `A validation that is ${from} cannot become ${to}.`;
}

/** Maps constraint violations of validations to faults. */
export const validationConstraints: ConstraintTable = {
  validation_results_transition: {
    code: 'ILLEGAL_TRANSITION',
    detail: 'The status does not lead there.',
    path: 'validationStatus',
    detailOf: sentenceOfTransition,
  },
  validation_results_retry: {
    code: 'ILLEGAL_TRANSITION',
    detail: 'The validation has not ended, so it cannot be tried again.',
    path: 'validationStatus',
    detailOf: (status) =>
      status === ''
        ? 'The validation has not ended, so it cannot be tried again.'
        : `A validation that is ${status} has not ended, so it cannot be tried again.`,
  },
  validation_results_times: {
    code: 'VALIDATION_FAILED',
    detail: 'completedAt must not be before startedAt.',
    path: 'completedAt',
  },
  validation_results_not_ended: {
    code: 'VALIDATION_FAILED',
    detail: 'completedAt belongs to a validation that has ended.',
    path: 'completedAt',
  },
  validation_results_fixed: {
    code: 'RULE_VIOLATED',
    detail: 'The task and the type of a validation cannot be changed.',
    path: 'taskId',
  },
  tasks_validation_gate: {
    code: 'VALIDATION_GATE_FAILED',
    detail: 'The validation gate of the project is not passed.',
    problemsOf: problemsOfConditions,
  },
  validation_results_external_key: {
    code: 'ALREADY_EXISTS',
    detail: 'The task has a validation of this type with this external id already.',
    path: 'externalId',
  },
};
