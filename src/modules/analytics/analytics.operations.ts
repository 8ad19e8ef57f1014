import type { Call, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import type { Session } from '../../platform/auth/session.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import type { AnalyticsQuery } from './analytics-query.dto.js';
import { ErrorAnalyticsQuery, TaskAnalyticsQuery, ValidationAnalyticsQuery } from './analytics-query.dto.js';
import type { AnalyticsRequest } from './analytics-request.js';
import { analyticsRequest } from './analytics-request.js';
import { ErrorAnalytics } from './error-analytics.dto.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalytics } from './task-analytics.dto.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { ValidationAnalytics } from './validation-analytics.dto.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

@Operations('analytics')
export class AnalyticsOperations {
  constructor(
    private readonly tasks: TaskAnalyticsService,
    private readonly validations: ValidationAnalyticsService,
    private readonly errors: ErrorAnalyticsService,
    private readonly places: TaskPlaces,
  ) {}

  /** Figures of a team or project that there is not would all be zero. */
  private async requestOf(session: Session, params: AnalyticsQuery, now: number): Promise<AnalyticsRequest> {
    const request = analyticsRequest(params, now);
    const { projectKey, teamId } = params;
    await this.places.requireKnown(session, {
      projectKeys: projectKey === undefined ? undefined : [projectKey],
      teamIds: teamId === undefined ? undefined : [teamId],
    });
    return request;
  }

  @Operation({
    summary: 'Throughput, lead and cycle times, burndown, cumulative flow and age of tasks',
    description:
      'Exact at every moment. from and to are widened to whole quarters of an hour. A deleted task leaves the counts when it is deleted; what happened before stays in the past.',
    kind: 'read',
    permission: 'tasks:read',
    params: TaskAnalyticsQuery,
    returns: TaskAnalytics,
    faults: ['NOT_FOUND'],
    rest: 'GET /analytics/tasks',
    graphql: 'taskAnalytics',
    tool: 'get_task_analytics',
  })
  async getTaskAnalytics({ session, params }: Call<TaskAnalyticsQuery>): Promise<Result> {
    const now = Date.now();
    return json(await this.tasks.read(session, await this.requestOf(session, params, now), now));
  }

  @Operation({
    summary: 'Pass rate, durations and flakiness of validations, in all and by type',
    description: 'A validation counts when it was recorded, with the status and the time of its last attempt.',
    kind: 'read',
    permission: 'validations:read',
    params: ValidationAnalyticsQuery,
    returns: ValidationAnalytics,
    faults: ['NOT_FOUND'],
    rest: 'GET /analytics/validations',
    graphql: 'validationAnalytics',
    tool: 'get_validation_analytics',
  })
  async getValidationAnalytics({ session, params }: Call<ValidationAnalyticsQuery>): Promise<Result> {
    return json(await this.validations.read(session, await this.requestOf(session, params, Date.now())));
  }

  @Operation({
    summary: 'How often errors occurred, which most, which are new, and how long until they were resolved',
    description: 'Occurrences are counted exactly, also those of which no sample was kept.',
    kind: 'read',
    permission: 'errors:read',
    params: ErrorAnalyticsQuery,
    returns: ErrorAnalytics,
    faults: ['NOT_FOUND'],
    rest: 'GET /analytics/errors',
    graphql: 'errorAnalytics',
    tool: 'get_error_analytics',
  })
  async getErrorAnalytics({ session, params }: Call<ErrorAnalyticsQuery>): Promise<Result> {
    return json(await this.errors.read(session, await this.requestOf(session, params, Date.now())));
  }
}
