import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { ErrorUpkeep } from './error-upkeep.service.js';

const MINUTE_MS = 60_000;

/** The maintenance jobs of errors. */
@Injectable()
export class ErrorJobs {
  constructor(jobs: PeriodicJobs, upkeep: ErrorUpkeep) {
    jobs.add({ name: 'error-ignores', everyMs: MINUTE_MS, run: (tx) => upkeep.endIgnores(tx) });
    // One batch per run; the next run continues.
    jobs.add({ name: 'error-retention', everyMs: 5 * MINUTE_MS, run: (tx) => upkeep.prune(tx) });
  }
}
