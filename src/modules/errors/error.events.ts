import type { EventSource } from '../../platform/events/event-source.js';
import { changed, changedBeyond, deleted, either, inserted, updated } from '../../platform/events/event-source.js';
import { ErrorLog } from './error.dto.js';

/** The columns that the more specific event types report. */
const PRECISE = [
  'resolution_status',
  'resolution_notes',
  'resolved_at',
  'resolved_by',
  'resolved_in_version',
  'resolved_in_next_release',
  'ignored_until',
  'ignored_until_count',
  'ignored_until_users',
  'merged_into',
];

const merged = `${changed('merged_into')} and p_new -> 'merged_into' <> 'null'`;
const changedTo = (...statuses: string[]): string =>
  `${changed('resolution_status')} and p_new ->> 'resolution_status' in (${statuses.map((one) => `'${one}'`).join(', ')})`;

export const errorEvents: readonly EventSource[] = [
  {
    name: 'error',
    tables: ['error_logs'],
    subject: "'errors/' || p_record",
    needs: 'errors:read',
    payload: { name: 'error', shape: ErrorLog },
    events: [
      { type: 'error.created', description: 'An error occurred for the first time.', when: inserted },
      {
        type: 'error.updated',
        description: 'An error was changed.',
        when: either(
          changedBeyond(...PRECISE),
          `${updated} and not 'resolution_status' = any(p_changed) and not (${merged})`,
        ),
      },
      { type: 'error.resolved', description: 'An error was resolved.', when: changedTo('resolved') },
      { type: 'error.ignored', description: 'An error was ignored.', when: changedTo('ignored', 'wont_fix') },
      { type: 'error.regressed', description: 'A resolved error occurred again.', when: changedTo('regressed') },
      { type: 'error.reopened', description: 'An error was reopened.', when: changedTo('unresolved') },
      { type: 'error.merged', description: 'An error was merged into another one.', when: merged },
      { type: 'error.deleted', description: 'An error was deleted.', when: deleted },
    ],
  },
];
