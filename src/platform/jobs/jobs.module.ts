import { Global, Module } from '@nestjs/common';
import { JobMetrics } from './job-metrics.js';
import { JobWorker } from './job-worker.js';
import { PeriodicJobs } from './periodic-jobs.js';

/** Upkeep and queued jobs for every module to join. */
@Global()
@Module({ providers: [PeriodicJobs, JobMetrics, JobWorker], exports: [PeriodicJobs, JobWorker] })
export class JobsModule {}
