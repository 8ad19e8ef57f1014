import { Global, Module } from '@nestjs/common';
import { JobMetrics } from './job-metrics.js';
import { JobWorker } from './job-worker.js';
import { PeriodicJobs } from './periodic-jobs.js';

/** Periodic and queued jobs, which every module can define. */
@Global()
@Module({ providers: [PeriodicJobs, JobMetrics, JobWorker], exports: [PeriodicJobs, JobWorker] })
export class JobsModule {}
