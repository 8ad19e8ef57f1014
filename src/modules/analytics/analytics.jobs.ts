import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { TaskAnalyticsService } from './task-analytics.service.js';

/**
 * Every read adds the counts that are not folded yet. The interval therefore bounds their number, not the age of a
 * figure.
 */
const FOLD_EVERY_MS = 30_000;

/** Keeps the rows few that analytics has to read. */
@Injectable()
export class AnalyticsJobs {
  constructor(jobs: PeriodicJobs, tasks: TaskAnalyticsService) {
    jobs.add({ name: 'fold-task-flow', everyMs: FOLD_EVERY_MS, run: (tx) => tasks.fold(tx) });
  }
}
