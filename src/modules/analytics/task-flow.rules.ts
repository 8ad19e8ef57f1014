import type { Durations } from './analytics.dto.js';
import type { TaskFigures, TaskStatuses, TaskThroughput } from './task-analytics.dto.js';

/** The fields of a shape as plain values, without its class. */
type Plain<T> = Pick<T, keyof T>;
export type Statuses = Plain<TaskStatuses>;
export type Throughput = Plain<TaskThroughput>;
export type Figures = Plain<TaskFigures>;

/**
 * n tasks changed from one status to another. Bucket 0 is all time, 1 the first of the window, the last is after the
 * window.
 */
export interface FlowRow {
  readonly bucket: number;
  readonly fromStatus: string;
  readonly toStatus: string;
  readonly n: number;
}

/** Measured durations of some completed tasks. */
export interface TimesRow {
  /** A bucket from 1, or a group; null for everything, or for all groups beyond the limit. */
  readonly part: string | null;
  readonly total: boolean;
  readonly leads: number;
  readonly leadMean: number | null;
  readonly leadPercentiles: readonly number[] | null;
  readonly cycles: number;
  readonly cycleMean: number | null;
  readonly cyclePercentiles: readonly number[] | null;
}

type Status = keyof Statuses;
type Step = Pick<FlowRow, 'fromStatus' | 'toStatus' | 'n'>;

export const STATUSES: readonly Status[] = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];
const OPEN: readonly string[] = ['pending', 'in_progress'];
const isStatus = (word: string): word is Status => (STATUSES as readonly string[]).includes(word);
const isClosed = (word: string): boolean => isStatus(word) && !OPEN.includes(word);

/** The steps that each figure counts. */
const counted: Readonly<Record<keyof Throughput, (from: string, to: string) => boolean>> = {
  created: (from) => from === 'new',
  started: (from, to) => from === 'pending' && to === 'in_progress',
  completed: (from, to) => isStatus(from) && to === 'completed',
  failed: (from, to) => isStatus(from) && to === 'failed',
  cancelled: (from, to) => isStatus(from) && to === 'cancelled',
  reopened: (from, to) => isClosed(from) && OPEN.includes(to),
  deleted: (_, to) => to === 'deleted',
  restored: (from) => from === 'deleted',
  movedIn: (from) => from === 'elsewhere',
  movedOut: (_, to) => to === 'elsewhere',
};

export function throughputOf(steps: readonly Step[]): Throughput {
  const sum = (matches: (from: string, to: string) => boolean): number =>
    steps.reduce((total, { fromStatus, toStatus, n }) => (matches(fromStatus, toStatus) ? total + n : total), 0);
  return Object.fromEntries(
    Object.entries(counted).map(([name, matches]) => [name, sum(matches)]),
  ) as unknown as Throughput;
}

/** Adds (or subtracts) these steps to the number of tasks in each status. */
export function statusesAfter(steps: readonly Step[], start?: Statuses, sign: 1 | -1 = 1): Statuses {
  const statuses: Statuses = start
    ? { ...start }
    : { pending: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { fromStatus, toStatus, n } of steps) {
    if (isStatus(fromStatus)) statuses[fromStatus] -= sign * n;
    if (isStatus(toStatus)) statuses[toStatus] += sign * n;
  }
  return statuses;
}

export const openOf = ({ pending, in_progress }: Statuses): number => pending + in_progress;
export const totalOf = (statuses: Statuses): number => STATUSES.reduce((sum, status) => sum + statuses[status], 0);

/** The statuses at the end of each of n buckets: the current ones, minus the later steps. */
export function statusesAtEnds(rows: readonly FlowRow[], n: number): Statuses[] {
  const ends: Statuses[] = [];
  let statuses = statusesAfter(rows.filter(({ bucket }) => bucket === 0));
  for (let bucket = n + 1; bucket > 1; bucket--) {
    statuses = statusesAfter(
      rows.filter((row) => row.bucket === bucket),
      statuses,
      -1,
    );
    ends.unshift(statuses);
  }
  return ends;
}

function durations(count: number, mean: number | null, percentiles: readonly number[] | null): Durations {
  const [p50 = null, p75 = null, p90 = null, p95 = null] = percentiles ?? [];
  return { count, mean, p50, p75, p90, p95 };
}

/** Lead and cycle times; zero counts without a row. */
export function timesOf(row: TimesRow | undefined): { readonly leadTime: Durations; readonly cycleTime: Durations } {
  return {
    leadTime: durations(row?.leads ?? 0, row?.leadMean ?? null, row?.leadPercentiles ?? null),
    cycleTime: durations(row?.cycles ?? 0, row?.cycleMean ?? null, row?.cyclePercentiles ?? null),
  };
}

/** The figures of these rows: bucket 0 gives the current state, the others the changes. */
export function figuresOf(rows: readonly FlowRow[], times: TimesRow | undefined): Figures {
  const statuses = statusesAfter(rows.filter(({ bucket }) => bucket === 0));
  const happened = throughputOf(rows.filter(({ bucket }) => bucket > 0));
  return { total: totalOf(statuses), open: openOf(statuses), statuses, ...happened, ...timesOf(times) };
}

/** The steps of one status: those into it, and those from it to deletion. */
export function rowsOfStatus(rows: readonly FlowRow[], status: Status): FlowRow[] {
  return rows.filter(({ bucket, fromStatus, toStatus }) =>
    bucket === 0 ? false : isStatus(toStatus) ? toStatus === status : fromStatus === status,
  );
}
