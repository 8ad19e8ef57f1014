import { invalid } from '../../platform/faults/fault.js';
import { invalidParameter } from '../../platform/schema/parameters.js';
import type { AnalyticsQuery, TaskAnalyticsQuery } from './analytics-query.dto.js';
import { BUCKETS_MAX, WINDOWS } from './analytics-query.dto.js';
import type { Bucket } from './time-buckets.js';
import { bucketEdges, DAY_MS, QUARTER_MS, SHORTEST, startOfDay } from './time-buckets.js';
import { timeZoneOf } from './time-zone.js';

/** The requested window, in milliseconds and whole quarters of an hour. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly bucket: Bucket;
  readonly timeZone: string;
  /** One more edge than buckets. */
  readonly edges: readonly number[];
}

export interface AnalyticsRequest extends Window {
  readonly groupBy: string | null;
  readonly limit: number;
  readonly filters: Readonly<Record<'teamId' | 'projectKey' | 'assigneeId' | 'type', string | null>>;
}

/** Before 2000, some time zones had offsets that were not whole quarters of an hour. */
export const EARLIEST = Date.UTC(2000, 0, 1);
export const LATEST = Date.UTC(2100, 0, 1);

type Query = AnalyticsQuery & Partial<Omit<TaskAnalyticsQuery, keyof AnalyticsQuery>>;

/** @throws Fault VALIDATION_FAILED */
function refuse(name: string, message: string): never {
  throw invalid([invalidParameter(name, message)]);
}

function instantOf(query: Query, name: 'from' | 'to', timeZone: string): number | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  // A date without a time means that day in the requested time zone.
  const instant = value.length === 10 ? startOfDay(Date.parse(value), timeZone) : Date.parse(value);
  if (instant < EARLIEST || instant > LATEST) refuse(name, 'must be in the years from 2000 to 2099');
  return instant;
}

function fittingBucket(span: number): Bucket {
  if (span <= 2 * DAY_MS) return 'hour';
  if (span <= 92 * DAY_MS) return 'day';
  return span <= 366 * DAY_MS ? 'week' : 'month';
}

function windowOf(query: Query, now: number): Window {
  const timeZone = timeZoneOf(query.timeZone) ?? 'UTC';
  const end = instantOf(query, 'to', timeZone) ?? now;
  const start = instantOf(query, 'from', timeZone) ?? end - (WINDOWS[query.window ?? '30d'] ?? 0);
  const from = Math.floor(start / QUARTER_MS) * QUARTER_MS;
  const to = Math.ceil(end / QUARTER_MS) * QUARTER_MS;
  const bucket = query.bucket ?? fittingBucket(to - from);
  if (to <= from) refuse('to', 'must be later than from');
  if ((to - from) / SHORTEST[bucket] > BUCKETS_MAX)
    refuse('bucket', `makes more than ${BUCKETS_MAX} buckets of this window: take a longer one`);
  return { from, to, bucket, timeZone, edges: bucketEdges(from, to, bucket, timeZone) };
}

/** Validates a query and translates it into the parameters of the statements. @throws Fault VALIDATION_FAILED */
export function analyticsRequest(query: Query, now: number): AnalyticsRequest {
  const { groupBy = null, limit, teamId = null, projectKey = null, assigneeId = null, type = null } = query;
  return { ...windowOf(query, now), groupBy, limit, filters: { teamId, projectKey, assigneeId, type } };
}
