import type { FieldProblem } from '../../platform/faults/fault.js';
import { Choice, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { invalidParameter } from '../../platform/schema/parameters.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';
import { VALIDATION_TYPES } from '../validations/validation.dto.js';
import type { Bucket } from './time-buckets.js';
import { BUCKETS, DAY_MS } from './time-buckets.js';
import { timeZoneOf } from './time-zone.js';

export const WINDOWS: Readonly<Record<string, number>> = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
};
export const BUCKETS_MAX = 750;
const GROUPS_DEFAULT = 20;
const GROUPS_MAX = 100;

/** The window, the buckets, and the teams and projects of the figures. */
export class AnalyticsQuery {
  @Timestamp({
    description: 'Beginning of the window, inclusive; a date is midnight in the time zone.',
    optional: true,
  })
  from?: string;

  @Timestamp({ description: 'End of the window, exclusive; now when left out.', optional: true })
  to?: string;

  @Choice({
    description: 'The time up to now, instead of from and to; 30d when all three are left out.',
    values: Object.keys(WINDOWS),
    optional: true,
  })
  window?: string;

  @Choice({
    description: `What to cut the window into, at most ${BUCKETS_MAX} pieces; fitting when left out.`,
    values: BUCKETS,
    optional: true,
  })
  bucket?: Bucket;

  @Text({
    description: 'IANA name of the zone whose clocks say where a bucket begins.',
    max: 64,
    default: 'UTC',
    example: 'Europe/Berlin',
    optional: true,
  })
  timeZone: string;

  @Integer({
    description: 'How many groups; what is left comes as one.',
    min: 1,
    max: GROUPS_MAX,
    default: GROUPS_DEFAULT,
    optional: true,
  })
  limit: number;

  @Uuid({ description: 'Only this team.', optional: true })
  teamId?: string;

  @Text({ description: 'Only projects with this key.', max: 64, pattern: PROJECT_KEY_PATTERN, optional: true })
  projectKey?: string;

  static problems({ timeZone, window, from, to }: Readonly<Record<string, unknown>>): FieldProblem[] {
    const zone = 'must be the name of an IANA time zone such as Europe/Berlin';
    const both = 'does not go with from or to';
    return [
      ...(typeof timeZone === 'string' && timeZoneOf(timeZone) === null ? [invalidParameter('timeZone', zone)] : []),
      ...((window ?? null) !== null && (from ?? to ?? null) !== null ? [invalidParameter('window', both)] : []),
    ];
  }
}

const GROUP_BY = 'The same figures for each of these.';
const TYPE = { description: 'Only this type.', min: 1, max: 50, optional: true } as const;

export class TaskAnalyticsQuery extends AnalyticsQuery {
  @Choice({
    description: GROUP_BY,
    values: ['project', 'team', 'assignee', 'type', 'status', 'priority'],
    optional: true,
  })
  groupBy?: string;

  @Uuid({ description: 'Only what this user does.', optional: true })
  assigneeId?: string;

  @Text(TYPE)
  type?: string;
}

export class ValidationAnalyticsQuery extends AnalyticsQuery {
  @Choice({ description: GROUP_BY, values: ['type', 'project', 'status'], optional: true })
  groupBy?: string;

  @Choice({ description: TYPE.description, values: VALIDATION_TYPES, optional: true })
  type?: string;
}

export class ErrorAnalyticsQuery extends AnalyticsQuery {
  @Choice({
    description: GROUP_BY,
    values: ['severity', 'category', 'code', 'environment', 'service', 'project'],
    optional: true,
  })
  groupBy?: string;
}
