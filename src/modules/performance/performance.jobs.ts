import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { PerformanceService } from './performance.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

@Injectable()
export class PerformanceJobs implements OnModuleInit {
  constructor(
    private readonly jobs: PeriodicJobs,
    private readonly performance: PerformanceService,
  ) {}

  onModuleInit(): void {
    // If another instance holds the job, this one writes the measurements of both intervals at its next run.
    this.jobs.add({ name: 'measure-performance', everyMs: MINUTE_MS, run: (tx) => this.performance.record(tx) });
    this.jobs.add({ name: 'roll-up-performance', everyMs: HOUR_MS, run: (tx) => this.performance.summarize(tx) });
  }
}
