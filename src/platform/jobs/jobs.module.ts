import { Global, Module } from '@nestjs/common';
import { PeriodicJobs } from './periodic-jobs.js';

/** Upkeep for every module to join. */
@Global()
@Module({ providers: [PeriodicJobs], exports: [PeriodicJobs] })
export class JobsModule {}
