import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { TaskClaims } from './task-claims.service.js';

/** An expired lease is claimable at once, because every claim looks itself; this makes it pending, within a second, for those who only read. */
const EVERY_MS = 500;

/** Returns tasks whose holders are gone. The look reads the end of one small index. */
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
