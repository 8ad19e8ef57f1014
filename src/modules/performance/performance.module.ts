import { Module } from '@nestjs/common';
import { PerformanceJobs } from './performance.jobs.js';
import { PerformanceService } from './performance.service.js';

/** The service measures itself; what it finds is in performance_metrics. */
@Module({ providers: [PerformanceService, PerformanceJobs] })
export class PerformanceModule {}
