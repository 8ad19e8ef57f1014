import type { FilterWords } from '../../platform/schema/field.js';

/** The five statuses of the data model. */
export const STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
/** Finer states from other tools, kept beside the status. */
export const STAGES = ['review', 'blocked', 'deferred'] as const;
export const RECURRENCES = ['none', 'daily', 'weekly', 'monthly'] as const;
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
