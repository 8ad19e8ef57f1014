import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../jobs/periodic-jobs.js';
import { PERIOD_MS } from './budget-ledger.js';
import { dropOldBudgets } from './budget.queries.js';

@Injectable()
export class LimitsJobs implements OnModuleInit {
  constructor(private readonly jobs: PeriodicJobs) {}

  onModuleInit(): void {
    this.jobs.add({
      name: 'drop-request-budgets',
      everyMs: PERIOD_MS,
      run: async (tx) => {
        await tx.run(dropOldBudgets(Math.floor(Date.now() / PERIOD_MS)));
      },
    });
  }
}
