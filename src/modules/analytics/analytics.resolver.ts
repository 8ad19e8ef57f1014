import { ID, Int, Resolver } from '@nestjs/graphql';
import type { Call } from '../../platform/graphql/call.js';
import type { Arguments } from '../../platform/graphql/operations.js';
import { Reads } from '../../platform/graphql/operations.js';
import { DateTime } from '../../platform/graphql/scalars.js';
import type { AnalyticsRequest, AnalyticsRules } from './analytics-request.js';
import { GROUPS_MAX, WINDOWS, analyticsRequest } from './analytics-request.js';
import { errorRules, taskRules, validationRules } from './analytics.rules.js';
import { ErrorAnalytics } from './error-analytics.dto.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalytics } from './task-analytics.dto.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { ValidationAnalytics } from './validation-analytics.dto.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

const filters: Arguments = {
  teamId: { type: ID, description: 'Only this team.' },
  projectKey: { type: String, description: 'Only projects with this key.' },
  assigneeId: { type: ID, description: 'Only what this user does.' },
  type: { type: String, description: 'Only this type.' },
};

function argumentsOf(rules: AnalyticsRules): Arguments {
  return {
    from: { type: DateTime, description: 'Beginning of the window, inclusive.' },
    to: { type: DateTime, description: 'End of the window, exclusive; now when left out.' },
    window: { type: String, description: `The time up to now: ${Object.keys(WINDOWS).join(', ')}.` },
    bucket: { type: String, description: 'What to cut the window into; fitting when left out.' },
    timeZone: { type: String, description: 'IANA name of the zone whose clocks say where a bucket begins.' },
    groupBy: { type: String, description: `The same figures for each ${rules.groupBy.join(', ')}.` },
    limit: { type: Int, description: `How many groups, up to ${GROUPS_MAX}; what is left comes as one.` },
    ...Object.fromEntries(rules.filters.map((name) => [name, filters[name]])),
  };
}

/** The arguments as the query string that REST reads, so that one reader decides what is valid. */
function requestOf({ args }: Call, rules: AnalyticsRules, now: number): AnalyticsRequest {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  return analyticsRequest(Object.fromEntries(given.map(([name, value]) => [name, String(value)])), rules, now);
}

@Resolver()
export class AnalyticsResolver {
  constructor(
    private readonly tasks: TaskAnalyticsService,
    private readonly validations: ValidationAnalyticsService,
    private readonly errors: ErrorAnalyticsService,
  ) {}

  @Reads('tasks:read', 'Throughput, lead and cycle times, burndown, cumulative flow and age of tasks.', {
    returns: TaskAnalytics,
    args: argumentsOf(taskRules),
  })
  taskAnalytics(call: Call): Promise<object> {
    const now = Date.now();
    return this.tasks.read(call.session, requestOf(call, taskRules, now), now);
  }

  @Reads('validations:read', 'Pass rate, durations and flakiness of validations.', {
    returns: ValidationAnalytics,
    args: argumentsOf(validationRules),
  })
  validationAnalytics(call: Call): Promise<object> {
    return this.validations.read(call.session, requestOf(call, validationRules, Date.now()));
  }

  @Reads('errors:read', 'How often errors occurred, which most, and how long until they were resolved.', {
    returns: ErrorAnalytics,
    args: argumentsOf(errorRules),
  })
  errorAnalytics(call: Call): Promise<object> {
    return this.errors.read(call.session, requestOf(call, errorRules, Date.now()));
  }
}
