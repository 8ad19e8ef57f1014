import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsJobs } from './analytics.jobs.js';
import { TaskAnalyticsService } from './task-analytics.service.js';

@Module({
  controllers: [AnalyticsController],
  providers: [TaskAnalyticsService, AnalyticsJobs],
})
export class AnalyticsModule {}
