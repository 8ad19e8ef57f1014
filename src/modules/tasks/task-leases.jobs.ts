import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { TaskClaims } from './task-claims.service.js';

/**
 * A claim checks expiry itself, so a task is claimable as soon as its lease expires. This job only makes readers see
 * the task as pending, within a second.
 */
const EVERY_MS = 500;

/** Returns tasks whose leases have expired. Each run reads only the end of one small index. */
@Injectable()
export class TaskLeasesJob implements OnModuleInit {
  constructor(
    private readonly jobs: PeriodicJobs,
    private readonly claims: TaskClaims,
  ) {}

  onModuleInit(): void {
    this.jobs.add({ name: 'task-leases', everyMs: EVERY_MS, run: (tx) => this.claims.returnExpired(tx) });
  }
}
