import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { AnalyticsWindow, count, Durations, instant, key, nested } from './analytics.dto.js';

@Described('Errors and their occurrences in one bucket of the window.')
export class ErrorBucket {
  @instant('Beginning, inclusive.')
  start: string;

  @instant('End, exclusive.')
  end: string;

  @count('How often errors occurred.')
  occurrences: number;

  @count('How many different errors that were.')
  errors: number;

  @count('Errors that occurred for the first time.')
  newErrors: number;

  @count('Errors that were resolved; again, when they had regressed.')
  resolved: number;
}

@Described('An error with many occurrences in the window.')
export class TopError {
  @Property({ description: 'Identifier (UUID); it never changes.', type: 'string', format: 'uuid' })
  id: string;

  @key('Title of the error.')
  title: string | null;

  @key('Key of the project.')
  projectKey: string | null;

  @Property({ description: 'Code of the error.', type: 'string' })
  errorCode: string;

  @Property({ description: 'Kind of error.', type: 'string' })
  errorCategory: string;

  @Property({ description: 'How bad the error is.', type: 'string' })
  errorSeverity: string;

  @Property({ description: 'Where it occurs, such as production.', type: 'string' })
  environment: string;

  @key('Service that it occurs in.')
  serviceName: string | null;

  @Property({ description: 'What became of it until now.', type: 'string' })
  resolutionStatus: string;

  @count('How often it occurred in the window.')
  occurrences: number;

  @count('How often it ever occurred.')
  occurrenceCount: number;

  @count('Different users that it ever affected.')
  usersAffected: number;

  @instant('When it occurred for the first time.')
  firstOccurredAt: string;

  @instant('When it occurred last.')
  lastOccurredAt: string;
}

@Described('Errors and their occurrences in the whole window.')
export class ErrorTotals {
  @count('How often errors occurred.')
  occurrences: number;

  @count('How many different errors that were.')
  errors: number;

  @count('Errors that occurred for the first time.')
  newErrors: number;

  @count('Errors that are unresolved, in progress or regressed now, whenever they occurred.')
  unresolved: number;

  @nested('From the first occurrence, or the last regression or reopening, to the resolution.', () => Durations)
  timeToResolve: Pick<Durations, keyof Durations>;
}

@Described('Figures of the errors that share one value of the field they are grouped by.')
export class ErrorGroup {
  @key('What the errors have in common: the value of groupBy; null for none.')
  key: string | null;

  @key('Team of the project; null for other groups.', 'uuid')
  teamId: string | null;

  @count('How often errors occurred.')
  occurrences: number;

  @count('How many different errors that were.')
  errors: number;
}

@Described('Figures of errors: totals, the course over time, the most frequent errors, and groups.')
export class ErrorAnalytics extends AnalyticsWindow {
  @nested('Figures of the whole window.', () => ErrorTotals)
  totals: Pick<ErrorTotals, keyof ErrorTotals>;

  @nested('One after the other.', () => [ErrorBucket])
  buckets: readonly ErrorBucket[];

  @nested('The errors that occurred most often, at most as many as limit.', () => [TopError])
  top: readonly TopError[];

  @key('What the groups have in common.')
  groupBy: string | null;

  @nested('The largest groups, largest first; empty without groupBy.', () => [ErrorGroup])
  groups: readonly ErrorGroup[];

  @nested('What is beyond the limit of groups, with a key of null; null when that is nothing.', () => ErrorGroup, true)
  other: Pick<ErrorGroup, keyof ErrorGroup> | null;
}
