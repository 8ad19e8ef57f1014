import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { AnalyticsWindow, count, Durations, instant, key, nested, share } from './analytics.dto.js';

@Described('How many validations have each status.')
export class ValidationStatuses {
  @count('Validations that wait.')
  queued: number;

  @count('Validations at work.')
  running: number;

  @count('Validations that ended without an objection.')
  passed: number;

  @count('Validations that ended with an objection.')
  failed: number;

  @count('Passed with warnings.')
  warning: number;

  @count('Could not be run.')
  error: number;

  @count('Validations that were left out.')
  skipped: number;

  @count('Validations that were stopped.')
  cancelled: number;

  @count('Validations that took too long and were stopped.')
  timed_out: number;
}

@Described(
  'Code that both passes and fails (after Micco, "Flaky Tests at Google and How We Mitigate Them", 2016). The unit is a task, a type and a commit; without a commit it is a validation with its attempts.',
)
export class Flakiness {
  @count('How many passed or failed at all.')
  judged: number;

  @count('How many did both, in several validations or in attempts of one.')
  flaky: number;

  @share('flaky / judged; null where nothing was judged.')
  rate: number | null;
}

@Described('Figures of the validations recorded in the window. A retried one counts with its last attempt.')
export class ValidationFigures {
  @count('Number of validations.')
  total: number;

  @nested('With each status now.', () => ValidationStatuses)
  statuses: Pick<ValidationStatuses, keyof ValidationStatuses>;

  @share('passed / (passed + failed); null where there is neither.')
  passRate: number | null;

  @nested('How long they took, in seconds; without those that do not say.', () => Durations)
  durations: Pick<Durations, keyof Durations>;
}

@Described('Figures of the validations recorded in one bucket of the window.')
export class ValidationBucket extends ValidationFigures {
  @instant('Beginning, inclusive.')
  start: string;

  @instant('End, exclusive.')
  end: string;
}

@Described('Figures of the validations of one type.')
export class ValidationType extends ValidationFigures {
  @Property({ description: 'What was checked.', type: 'string' })
  type: string;

  @nested('What passes and fails alike.', () => Flakiness)
  flakiness: Pick<Flakiness, keyof Flakiness>;

  @nested('One bucket after the other.', () => [ValidationBucket])
  buckets: readonly ValidationBucket[];
}

@Described('Figures of the validations that share one value of the field they are grouped by.')
export class ValidationGroup extends ValidationFigures {
  @key('What they have in common: the value of groupBy; null for none.')
  key: string | null;

  @key('Team of the project; null for other groups.', 'uuid')
  teamId: string | null;
}

@Described('Figures of validations: totals, types, flakiness, the course over time, and groups.')
export class ValidationAnalytics extends AnalyticsWindow {
  @nested('Figures of the whole window.', () => ValidationFigures)
  totals: Pick<ValidationFigures, keyof ValidationFigures>;

  @nested('What passes and fails alike.', () => Flakiness)
  flakiness: Pick<Flakiness, keyof Flakiness>;

  @nested('One after the other.', () => [ValidationBucket])
  buckets: readonly ValidationBucket[];

  @nested('Each type that there was, with its own buckets.', () => [ValidationType])
  types: readonly ValidationType[];

  @key('What the groups have in common.')
  groupBy: string | null;

  @nested('The largest groups, largest first; empty without groupBy.', () => [ValidationGroup])
  groups: readonly ValidationGroup[];

  @nested('What is beyond the limit of groups; null when that is nothing.', () => ValidationFigures, true)
  other: Pick<ValidationFigures, keyof ValidationFigures> | null;
}
