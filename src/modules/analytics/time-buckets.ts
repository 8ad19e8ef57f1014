import { valuesOf } from '../../platform/schema/values.js';
import { offsetAt } from './time-zone.js';

/** Pieces of a window, in the time zone of the request. */
export const BUCKETS = valuesOf({
  hour: 'One hour.',
  day: 'One day, from midnight on.',
  week: 'Seven days, from Monday on.',
  month: 'One month of the calendar.',
});
export type Bucket = (typeof BUCKETS)[number];

export const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Minimum length of each kind of bucket, to bound their number before any is computed. */
export const SHORTEST: Readonly<Record<Bucket, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 28 * DAY_MS,
};

/**
 * The first instant of a local day. If clocks are set back over midnight, midnight occurs twice and the day starts with
 * the first. If they are set forward over it, midnight does not occur and the day starts with the change.
 */
export function startOfDay(day: number, timeZone: string): number {
  const before = offsetAt(day - DAY_MS, timeZone);
  const after = offsetAt(day + DAY_MS, timeZone);
  const candidates = [day - Math.max(before, after), day - Math.min(before, after)];
  const real = candidates.find((instant) => instant + offsetAt(instant, timeZone) === day);
  return real ?? day - before;
}

/** The local day (as midnight UTC) at which the next bucket starts. */
function nextDay(local: number, bucket: Exclude<Bucket, 'hour'>): number {
  const day = Math.floor(local / DAY_MS) * DAY_MS;
  if (bucket === 'day') return day + DAY_MS;
  const date = new Date(day);
  // Weeks start on Monday (ISO 8601).
  if (bucket === 'week') return day + (7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function nextStart(instant: number, bucket: Bucket, timeZone: string): number {
  const local = instant + offsetAt(instant, timeZone);
  if (bucket === 'hour') return instant + HOUR_MS - (((local % HOUR_MS) + HOUR_MS) % HOUR_MS);
  let day = nextDay(local, bucket);
  let start = startOfDay(day, timeZone);
  // A bucket whose first day the time zone skipped (Apia, 30 December 2011) starts on the next day.
  while (start <= instant) {
    day = nextDay(day, bucket);
    start = startOfDay(day, timeZone);
  }
  return start;
}

/**
 * The edges of the buckets of [from, to): n + 1 instants for n buckets. All but the first and the last are at a full
 * hour, midnight, a Monday or the first of a month in the time zone.
 */
export function bucketEdges(from: number, to: number, bucket: Bucket, timeZone: string): number[] {
  const edges = [from];
  for (let at = nextStart(from, bucket, timeZone); at < to; at = nextStart(at, bucket, timeZone)) edges.push(at);
  edges.push(to);
  return edges;
}
