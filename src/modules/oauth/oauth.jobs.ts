import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { OauthGrantsService } from './oauth-grants.service.js';

const EVERY_MS = 10 * 60_000;

/** Removes codes, tokens and grants whose time is over. */
@Injectable()
export class OauthJobs {
  constructor(periodic: PeriodicJobs, grants: OauthGrantsService) {
    periodic.add({
      name: 'drop-expired-oauth',
      everyMs: EVERY_MS,
      run: (tx) => grants.dropExpired(tx),
    });
  }
}
