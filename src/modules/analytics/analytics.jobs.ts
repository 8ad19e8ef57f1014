import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { TaskAnalyticsService } from './task-analytics.service.js';

/** Every read adds up what is not folded yet, so this is how much that may be, not how old a figure is. */
const FOLD_EVERY_MS = 30_000;

/** Keeps what is read for analytics short. */
@Injectable()
export class AnalyticsJobs {
  constructor(jobs: PeriodicJobs, tasks: TaskAnalyticsService) {
    jobs.add({ name: 'fold-task-flow', everyMs: FOLD_EVERY_MS, run: (tx) => tasks.fold(tx) });
  }
}
