import type { EventSource } from '../../platform/events/event-source.js';
import { changed, changedBeyond, deleted, either, inserted } from '../../platform/events/event-source.js';
import { Validation } from './validation.dto.js';

/** Columns that change together with the status. */
const WITH_STATUS = ['validation_status', 'started_at', 'completed_at', 'execution_time_ms'];

export const validationEvents: readonly EventSource[] = [
  {
    name: 'validation',
    tables: ['validation_results'],
    subject: "'validations/' || p_record",
    needs: 'validations:read',
    payload: {
      name: 'validation',
      shape: Validation,
      expressions: { attempt: "(p_row ->> 'retry_count')::integer + 1" },
    },
    events: [
      { type: 'validation.created', description: 'A validation was recorded.', when: inserted },
      {
        type: 'validation.updated',
        description: 'A validation was changed.',
        when: either(
          changedBeyond(...WITH_STATUS),
          `p_operation = 'UPDATE' and p_changed <> '{}' and not 'validation_status' = any(p_changed)`,
        ),
      },
      {
        type: 'validation.status_changed',
        description: 'The status of a validation changed.',
        when: changed('validation_status'),
      },
      { type: 'validation.deleted', description: 'A validation was deleted.', when: deleted },
    ],
  },
];
