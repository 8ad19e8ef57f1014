import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import { isTimestamp } from '../../platform/schema/timestamp.js';
import type { Bucket } from './time-buckets.js';
import { bucketEdges, BUCKETS, DAY_MS, QUARTER_MS, SHORTEST, startOfDay } from './time-buckets.js';
import { timeZoneOf } from './time-zone.js';
import { UUID } from '../../platform/schema/uuid.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';

/** What part of history is asked for, in milliseconds and whole quarters of an hour. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly bucket: Bucket;
  readonly timeZone: string;
  /** One more than there are buckets. */
  readonly edges: readonly number[];
}

export const FILTERS = ['teamId', 'projectKey', 'assigneeId', 'type'] as const;
export type FilterName = (typeof FILTERS)[number];

export interface AnalyticsRequest extends Window {
  readonly groupBy: string | null;
  readonly limit: number;
  readonly filters: Readonly<Record<FilterName, string | null>>;
}

/** What one kind of analytics can be asked. */
export interface AnalyticsRules {
  readonly groupBy: readonly string[];
  readonly filters: readonly FilterName[];
}

export const WINDOWS: Readonly<Record<string, number>> = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
};
export const BUCKETS_MAX = 750;
export const GROUPS_DEFAULT = 20;
export const GROUPS_MAX = 100;
/** Before, clocks were not ahead by whole quarters of an hour everywhere. */
export const EARLIEST = Date.UTC(2000, 0, 1);
export const LATEST = Date.UTC(2100, 0, 1);

const patterns: Readonly<Record<FilterName, readonly [RegExp, string]>> = {
  teamId: [UUID, 'must be a UUID'],
  projectKey: [PROJECT_KEY_PATTERN, 'must be the key of a project'],
  assigneeId: [UUID, 'must be a UUID'],
  type: [/^[^\u0000]{1,50}$/u, 'must have 1 to 50 characters'],
};

type Query = Readonly<Record<string, unknown>>;

/** Reads the parameters one by one and remembers everything that is wrong with them. */
class Reader {
  readonly problems: FieldProblem[] = [];

  constructor(private readonly query: Query) {}

  wrong(name: string, message: string, code = 'INVALID_PARAMETER'): void {
    this.problems.push({ path: `query.${name.slice(0, 100)}`, message, code });
  }

  only(known: readonly string[]): void {
    for (const [name, value] of Object.entries(this.query)) {
      if (!known.includes(name)) this.wrong(name, 'is not a known parameter', 'UNKNOWN_PARAMETER');
      else if (typeof value !== 'string') this.wrong(name, 'must be given once', 'REPEATED_PARAMETER');
    }
  }

  text(name: string): string | undefined {
    const value = this.query[name];
    return typeof value === 'string' ? value : undefined;
  }

  choice<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === value);
    if (found === undefined) this.wrong(name, `must be one of ${values.join(', ')}`);
    return found;
  }

  matching(name: FilterName): string | null {
    const value = this.text(name);
    const [pattern, message] = patterns[name];
    if (value !== undefined && !pattern.test(value)) this.wrong(name, message);
    return value ?? null;
  }

  instant(name: 'from' | 'to', timeZone: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!isTimestamp(value)) {
      this.wrong(name, 'must be an ISO 8601 date or date-time with an offset');
      return undefined;
    }
    // A date alone is a day of the zone that was asked for.
    const instant = value.length === 10 ? startOfDay(Date.parse(value), timeZone) : Date.parse(value);
    if (instant >= EARLIEST && instant <= LATEST) return instant;
    this.wrong(name, 'must be in the years from 2000 to 2099');
    return undefined;
  }
}

function timeZone(reader: Reader): string {
  const given = reader.text('timeZone');
  if (given === undefined) return 'UTC';
  const known = timeZoneOf(given);
  if (known === null) reader.wrong('timeZone', 'must be the name of an IANA time zone such as Europe/Berlin');
  return known ?? 'UTC';
}

function fittingBucket(span: number): Bucket {
  if (span <= 2 * DAY_MS) return 'hour';
  if (span <= 92 * DAY_MS) return 'day';
  return span <= 366 * DAY_MS ? 'week' : 'month';
}

function windowOf(reader: Reader, now: number): Window {
  const zone = timeZone(reader);
  const word = reader.choice('window', Object.keys(WINDOWS));
  if (reader.text('window') !== undefined && (reader.text('from') ?? reader.text('to')) !== undefined)
    reader.wrong('window', 'does not go with from or to');
  const end = reader.instant('to', zone) ?? now;
  const start = reader.instant('from', zone) ?? end - (WINDOWS[word ?? '30d'] ?? 0);
  const from = Math.floor(start / QUARTER_MS) * QUARTER_MS;
  const to = Math.ceil(end / QUARTER_MS) * QUARTER_MS;
  const bucket = reader.choice('bucket', BUCKETS) ?? fittingBucket(to - from);
  if (reader.problems.length === 0 && to <= from) reader.wrong('to', 'must be later than from');
  const tooMany = (to - from) / SHORTEST[bucket] > BUCKETS_MAX;
  if (reader.problems.length === 0 && tooMany)
    reader.wrong('bucket', `makes more than ${BUCKETS_MAX} buckets of this window: take a longer one`);
  const edges = reader.problems.length === 0 ? bucketEdges(from, to, bucket, zone) : [];
  return { from, to, bucket, timeZone: zone, edges };
}

function limitOf(reader: Reader): number {
  const value = reader.text('limit');
  if (value === undefined) return GROUPS_DEFAULT;
  if (/^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= GROUPS_MAX) return Number(value);
  reader.wrong('limit', `must be a whole number from 1 to ${GROUPS_MAX}`);
  return GROUPS_DEFAULT;
}

/**
 * The parameters of a request for analytics.
 * @throws Fault VALIDATION_FAILED that names everything that is wrong with them
 */
export function analyticsRequest(query: unknown, rules: AnalyticsRules, now: number): AnalyticsRequest {
  const reader = new Reader(query as Query);
  reader.only(['from', 'to', 'window', 'bucket', 'timeZone', 'groupBy', 'limit', ...rules.filters]);
  const filter = (name: FilterName): string | null => (rules.filters.includes(name) ? reader.matching(name) : null);
  const window = windowOf(reader, now);
  const request = {
    ...window,
    groupBy: reader.choice('groupBy', rules.groupBy) ?? null,
    limit: limitOf(reader),
    filters: {
      teamId: filter('teamId'),
      projectKey: filter('projectKey'),
      assigneeId: filter('assigneeId'),
      type: filter('type'),
    },
  };
  if (reader.problems.length > 0) throw invalid(reader.problems);
  return request;
}
