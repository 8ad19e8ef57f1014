import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import type { AnalyticsQuery, TaskAnalyticsQuery } from './analytics-query.dto.js';
import { BUCKETS_MAX, WINDOWS } from './analytics-query.dto.js';
import type { Bucket } from './time-buckets.js';
import { bucketEdges, DAY_MS, QUARTER_MS, SHORTEST, startOfDay } from './time-buckets.js';
import { timeZoneOf } from './time-zone.js';

/** What part of history is asked for, in milliseconds and whole quarters of an hour. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly bucket: Bucket;
  readonly timeZone: string;
  /** One more than there are buckets. */
  readonly edges: readonly number[];
}

export interface AnalyticsRequest extends Window {
  readonly groupBy: string | null;
  readonly limit: number;
  readonly filters: Readonly<Record<'teamId' | 'projectKey' | 'assigneeId' | 'type', string | null>>;
}

/** Before, clocks were not ahead by whole quarters of an hour everywhere. */
export const EARLIEST = Date.UTC(2000, 0, 1);
export const LATEST = Date.UTC(2100, 0, 1);

type Query = AnalyticsQuery & Partial<Omit<TaskAnalyticsQuery, keyof AnalyticsQuery>>;

/** Everything that is wrong with a request. */
class Problems {
  readonly found: FieldProblem[] = [];

  add(path: string, message: string): void {
    this.found.push({ path, message, code: 'INVALID_PARAMETER' });
  }
}

/** A date alone is a day of the zone that was asked for. */
function instantOf(value: string, timeZone: string): number {
  return value.length === 10 ? startOfDay(Date.parse(value), timeZone) : Date.parse(value);
}

function boundOf(query: Query, name: 'from' | 'to', timeZone: string, problems: Problems): number | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  const instant = instantOf(value, timeZone);
  if (instant >= EARLIEST && instant <= LATEST) return instant;
  problems.add(name, 'must be in the years from 2000 to 2099');
  return undefined;
}

function zoneOf({ timeZone }: Query, problems: Problems): string {
  const known = timeZoneOf(timeZone);
  if (known === null) problems.add('timeZone', 'must be the name of an IANA time zone such as Europe/Berlin');
  return known ?? 'UTC';
}

function fittingBucket(span: number): Bucket {
  if (span <= 2 * DAY_MS) return 'hour';
  if (span <= 92 * DAY_MS) return 'day';
  return span <= 366 * DAY_MS ? 'week' : 'month';
}

function windowOf(query: Query, now: number, problems: Problems): Window {
  const zone = zoneOf(query, problems);
  if (query.window !== undefined && (query.from ?? query.to) !== undefined)
    problems.add('window', 'does not go with from or to');
  const end = boundOf(query, 'to', zone, problems) ?? now;
  const start = boundOf(query, 'from', zone, problems) ?? end - (WINDOWS[query.window ?? '30d'] ?? 0);
  const from = Math.floor(start / QUARTER_MS) * QUARTER_MS;
  const to = Math.ceil(end / QUARTER_MS) * QUARTER_MS;
  const bucket = query.bucket ?? fittingBucket(to - from);
  if (problems.found.length === 0 && to <= from) problems.add('to', 'must be later than from');
  const tooMany = (to - from) / SHORTEST[bucket] > BUCKETS_MAX;
  if (problems.found.length === 0 && tooMany)
    problems.add('bucket', `makes more than ${BUCKETS_MAX} buckets of this window: take a longer one`);
  const edges = problems.found.length === 0 ? bucketEdges(from, to, bucket, zone) : [];
  return { from, to, bucket, timeZone: zone, edges };
}

/**
 * A request for analytics, as its statements are asked.
 * @throws Fault VALIDATION_FAILED that names everything that is wrong with the window
 */
export function analyticsRequest(query: Query, now: number): AnalyticsRequest {
  const problems = new Problems();
  const window = windowOf(query, now, problems);
  if (problems.found.length > 0) throw invalid(problems.found);
  const { groupBy = null, limit, teamId = null, projectKey = null, assigneeId = null, type = null } = query;
  return { ...window, groupBy, limit, filters: { teamId, projectKey, assigneeId, type } };
}
