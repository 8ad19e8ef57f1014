import type { ConstraintTable } from '../../platform/database/sql-state.js';

/** Maps constraint violations of webhooks to faults. */
export const webhookConstraints: ConstraintTable = {
  webhooks_project_fkey: {
    code: 'RULE_VIOLATED',
    detail: 'The team has no such project.',
    path: 'projectKey',
  },
  webhooks_url_check: { code: 'VALIDATION_FAILED', detail: 'url must start with https://.', path: 'url' },
  webhooks_event_types_check: {
    code: 'VALIDATION_FAILED',
    detail: 'eventTypes must be a list of at least one type.',
    path: 'eventTypes',
  },
};
