import { applyDecorators, Controller, Get, Req } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import type { AnalyticsRules } from './analytics-request.js';
import { analyticsRequest, BUCKETS_MAX, GROUPS_DEFAULT, GROUPS_MAX, WINDOWS } from './analytics-request.js';
import { errorRules, taskRules, validationRules } from './analytics.rules.js';
import { ErrorAnalytics } from './error-analytics.dto.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalytics } from './task-analytics.dto.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { BUCKETS } from './time-buckets.js';
import { ValidationAnalytics } from './validation-analytics.dto.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

const filters = {
  teamId: { description: 'Only this team.', schema: { type: 'string', format: 'uuid' } },
  projectKey: { description: 'Only projects with this key.', schema: { type: 'string' } },
  assigneeId: { description: 'Only what this user does.', schema: { type: 'string', format: 'uuid' } },
  type: { description: 'Only this type.', schema: { type: 'string' } },
} as const;

function Parameters(rules: AnalyticsRules): MethodDecorator {
  const query = (name: string, description: string, schema: object): MethodDecorator =>
    ApiQuery({ name, required: false, description, schema });
  return applyDecorators(
    query('from', 'Beginning of the window, inclusive; a date is midnight in the time zone.', {
      type: 'string',
      format: 'date-time',
    }),
    query('to', 'End of the window, exclusive; now when left out.', { type: 'string', format: 'date-time' }),
    query('window', 'The time up to now, instead of from and to.', {
      type: 'string',
      enum: Object.keys(WINDOWS),
      default: '30d',
    }),
    query('bucket', `What to cut the window into, at most ${BUCKETS_MAX} pieces; fitting when left out.`, {
      type: 'string',
      enum: [...BUCKETS],
    }),
    query('timeZone', 'IANA name of the zone whose clocks say where a bucket begins.', {
      type: 'string',
      default: 'UTC',
      example: 'Europe/Berlin',
    }),
    query('groupBy', 'The same figures for each of these.', { type: 'string', enum: [...rules.groupBy] }),
    query('limit', 'How many groups; what is left comes as one.', {
      type: 'integer',
      minimum: 1,
      maximum: GROUPS_MAX,
      default: GROUPS_DEFAULT,
    }),
    ...rules.filters.map((name) => query(name, filters[name].description, filters[name].schema)),
  );
}

@ApiTags('analytics')
@Controller('analytics')
export class AnalyticsController {
  constructor(
    private readonly tasks: TaskAnalyticsService,
    private readonly validations: ValidationAnalyticsService,
    private readonly errors: ErrorAnalyticsService,
  ) {}

  @Get('tasks')
  @Needs('tasks:read')
  @Parameters(taskRules)
  @Describe({
    summary: 'Throughput, lead and cycle times, burndown, cumulative flow and age of tasks',
    description:
      'Exact at every moment. from and to are widened to whole quarters of an hour. A deleted task leaves the counts when it is deleted; what happened before stays in the past.',
    returns: TaskAnalytics,
  })
  async ofTasks(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    const now = Date.now();
    return Answer.of(await this.tasks.read(session, analyticsRequest(request.query, taskRules, now), now));
  }

  @Get('validations')
  @Needs('validations:read')
  @Parameters(validationRules)
  @Describe({
    summary: 'Pass rate, durations and flakiness of validations, in all and by type',
    description: 'A validation counts when it was recorded, with the status and the time of its last attempt.',
    returns: ValidationAnalytics,
  })
  async ofValidations(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    const asked = analyticsRequest(request.query, validationRules, Date.now());
    return Answer.of(await this.validations.read(session, asked));
  }

  @Get('errors')
  @Needs('errors:read')
  @Parameters(errorRules)
  @Describe({
    summary: 'How often errors occurred, which most, which are new, and how long until they were resolved',
    description: 'Occurrences are counted exactly, also those of which no sample was kept.',
    returns: ErrorAnalytics,
  })
  async ofErrors(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return Answer.of(await this.errors.read(session, analyticsRequest(request.query, errorRules, Date.now())));
  }
}
