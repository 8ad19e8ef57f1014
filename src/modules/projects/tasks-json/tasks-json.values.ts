import type { Stage, Status } from './tasks-json.model.js';

export interface Progress {
  readonly status: Status;
  readonly stage: Stage | null;
}

const progressByWord = new Map<string, Progress>([
  ['pending', { status: 'pending', stage: null }],
  ['todo', { status: 'pending', stage: null }],
  ['in-progress', { status: 'in_progress', stage: null }],
  ['review', { status: 'in_progress', stage: 'review' }],
  ['blocked', { status: 'pending', stage: 'blocked' }],
  ['deferred', { status: 'pending', stage: 'deferred' }],
  ['done', { status: 'completed', stage: null }],
  ['completed', { status: 'completed', stage: null }],
  ['cancelled', { status: 'cancelled', stage: null }],
  ['canceled', { status: 'cancelled', stage: null }],
  ['failed', { status: 'failed', stage: null }],
]);

/** Files contain both `in-progress` and `in_progress`, and people capitalize. */
function plain(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
}

export function readStatus(word: string): Progress | undefined {
  return progressByWord.get(plain(word));
}

const wordByStatus: Record<Status, string> = {
  pending: 'pending',
  in_progress: 'in-progress',
  completed: 'done',
  cancelled: 'cancelled',
  // tasks.json has no such status: `blocked` keeps the task out of `next`, and metadata._tm.status restores it.
  failed: 'blocked',
};

export function writeStatus(progress: Progress): string {
  return progress.stage ?? wordByStatus[progress.status];
}

export const defaultPriority = 5;

const priorityByWord = new Map([
  ['low', 2],
  ['medium', 5],
  ['high', 8],
  ['critical', 10],
  ['urgent', 10],
]);

export function readPriority(word: string): number | undefined {
  return priorityByWord.get(plain(word));
}

export function writePriority(priority: number): string {
  if (priority <= 3) return 'low';
  if (priority <= 6) return 'medium';
  return priority <= 8 ? 'high' : 'critical';
}

export const defaultComplexity = 5;

const complexityByWord = new Map([
  ['simple', 2],
  ['moderate', 5],
  ['complex', 8],
  ['very-complex', 10],
]);

export function readComplexity(word: string): number | undefined {
  return complexityByWord.get(plain(word)) ?? (/^\d+(\.\d+)?$/.test(word.trim()) ? Number(word) : undefined);
}
