import type { OnModuleInit } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { PeriodicJobs } from '../jobs/periodic-jobs.js';
import { trimEvents } from './event.queries.js';

const EVERY_MS = 60_000;
/** At most, in one run: more than a minute brings, so that it never falls behind, and not enough to be long. */
const MOST = 50_000;

/** Drops the events that nobody has to keep. */
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
