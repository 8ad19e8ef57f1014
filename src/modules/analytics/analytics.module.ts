import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { AnalyticsOperations } from './analytics.operations.js';
import { AnalyticsJobs } from './analytics.jobs.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

@Module({
  controllers: [restController(AnalyticsOperations)],
  providers: [AnalyticsOperations, TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService, AnalyticsJobs],
  exports: [TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService],
})
export class AnalyticsModule {}
