import type { FilterWords } from '../../platform/schema/field.js';
import { valuesOf } from '../../platform/schema/values.js';

/** The five statuses of the data model. */
export const STATUSES = valuesOf({
  pending: 'Not started, or put back.',
  in_progress: 'Somebody works on it.',
  completed: 'Done.',
  failed: 'Ended without the result.',
  cancelled: 'Ended, because it is not wanted any more.',
});
/** Finer states from other tools, kept beside the status. */
export const STAGES = valuesOf({
  review: 'In progress: the result is being reviewed.',
  blocked: 'Pending: something outside of the service keeps it from being started.',
  deferred: 'Pending: put off until later.',
});
/** How a task repeats. */
export const RECURRENCES = valuesOf({
  none: 'Does not repeat.',
  daily: 'Every `recurrenceInterval` days.',
  weekly: 'Every `recurrenceInterval` weeks.',
  monthly: 'Every `recurrenceInterval` months.',
});
export const PRIORITY_NAMES = ['low', 'medium', 'high', 'urgent', 'critical'] as const;

export type Status = (typeof STATUSES)[number];
export type Stage = (typeof STAGES)[number];

interface State {
  readonly status: Status;
  readonly stage: Stage | null;
}

const plain = (status: Status): State => ({ status, stage: null });

/** Every accepted status: the five of this service, those of tasks.json and those of Kanban boards. */
const words: Readonly<Record<string, State>> = {
  pending: plain('pending'),
  in_progress: plain('in_progress'),
  completed: plain('completed'),
  failed: plain('failed'),
  cancelled: plain('cancelled'),
  todo: plain('pending'),
  'in-progress': plain('in_progress'),
  done: plain('completed'),
  review: { status: 'in_progress', stage: 'review' },
  blocked: { status: 'pending', stage: 'blocked' },
  deferred: { status: 'pending', stage: 'deferred' },
};

export const STATUS_NAMES = Object.keys(words);

/** The words of other tools in filters. A word for a stage matches the stage, and so not every task of its status. */
export const STATUS_WORDS: FilterWords = Object.fromEntries(
  Object.entries(words).flatMap(([word, { status, stage }]) => {
    if (word === status) return [];
    return [[word, stage === null ? status : { column: 'stage', value: stage }]];
  }),
);

/** The status and stage that a name means. */
export function stateOf(word: string): State | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

const priorities: Readonly<Record<string, number>> = { low: 2, medium: 5, high: 8, urgent: 10, critical: 10 };

export const PRIORITY_WORDS: FilterWords = Object.fromEntries(
  Object.entries(priorities).map(([word, priority]) => [word, String(priority)]),
);

/** The number that a named priority means. */
export function priorityOf(word: string): number | undefined {
  return Object.hasOwn(priorities, word) ? priorities[word] : undefined;
}

/** The first name of a priority; undefined when it has none. */
export function priorityName(priority: number): string | undefined {
  return PRIORITY_NAMES.find((name) => priorities[name] === priority);
}

/** Why the service does not offer a task. */
export const BLOCKER_CODES = valuesOf({
  DELETED: 'The task is deleted.',
  IN_PROGRESS: 'Somebody works on it already.',
  COMPLETED: 'It is completed.',
  FAILED: 'It has failed.',
  CANCELLED: 'It is cancelled.',
  REVIEW: 'Its stage is `review`.',
  BLOCKED: 'Its stage is `blocked`.',
  DEFERRED: 'Its stage is `deferred`.',
  LEASED: 'Somebody has claimed it, and the lease has not expired.',
  OPEN_DEPENDENCIES: 'It waits for other tasks.',
  PARENT_NOT_BEGUN: 'Its parent task is not in progress.',
});

/** The states of a workflow step. */
export const WORKFLOW_STATES = valuesOf({
  pending: 'Not started.',
  running: 'At work.',
  completed: 'Ended with its result.',
  failed: 'Ended without its result.',
  cancelled: 'Ended, because it is not wanted any more.',
});

/** What one operation of a bulk request does. */
export const BULK_OPERATIONS = valuesOf({
  create: 'Creates `task`.',
  update: 'Applies `patch` to the task `id`.',
  delete: 'Deletes the task `id`.',
});
