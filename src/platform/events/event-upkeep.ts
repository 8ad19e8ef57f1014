import type { OnModuleInit } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { PeriodicJobs } from '../jobs/periodic-jobs.js';
import { trimEvents } from './event.queries.js';

const EVERY_MS = 60_000;
/** Events per run: more than one minute produces, and few enough for a short transaction. */
const MOST = 50_000;

/** Deletes events that are older than the retention period. */
@Injectable()
export class EventUpkeep implements OnModuleInit {
  constructor(
    private readonly jobs: PeriodicJobs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'event-retention',
      everyMs: EVERY_MS,
      run: async (tx) => {
        await tx.run(trimEvents(this.config.retention.eventDays, MOST));
      },
    });
  }
}
