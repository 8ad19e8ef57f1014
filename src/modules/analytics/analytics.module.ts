import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { AnalyticsOperations } from './analytics.operations.js';
import { AnalyticsJobs } from './analytics.jobs.js';
import { ErrorAnalyticsService } from './error-analytics.service.js';
import { TaskAnalyticsService } from './task-analytics.service.js';
import { ValidationAnalyticsService } from './validation-analytics.service.js';

@Feature({
  imports: [TasksModule],
  operations: [AnalyticsOperations],
  providers: [TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService, AnalyticsJobs],
  exports: [TaskAnalyticsService, ValidationAnalyticsService, ErrorAnalyticsService],
})
export class AnalyticsModule {}
