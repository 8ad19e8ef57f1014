import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { AccountsService } from './accounts.service.js';

const EVERY_MS = 10 * 60_000;

/** Removes credentials whose time is over: the database keeps no more about people than it needs. */
@Injectable()
export class IdentityJobs {
  constructor(periodic: PeriodicJobs, accounts: AccountsService) {
    periodic.add({
      name: 'drop-expired-credentials',
      everyMs: EVERY_MS,
      run: (tx) => accounts.dropExpired(tx),
    });
  }
}
