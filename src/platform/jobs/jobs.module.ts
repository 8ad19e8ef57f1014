import { Global, Module } from '@nestjs/common';
import { JobWorker } from './job-worker.js';
import { PeriodicJobs } from './periodic-jobs.js';

/** Upkeep and queued jobs for every module to join. */
@Global()
@Module({ providers: [PeriodicJobs, JobWorker], exports: [PeriodicJobs, JobWorker] })
export class JobsModule {}
