import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsJobs } from './analytics.jobs.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

@Module({
  controllers: [AnalyticsController],
  providers: [TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService, AnalyticsJobs],
  exports: [TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService],
})
export class AnalyticsModule {}
