import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { AuditPartitions } from './audit-partitions.service.js';

const HOUR_MS = 3_600_000;

@Injectable()
export class AuditJobs implements OnModuleInit {
  constructor(
    private readonly jobs: PeriodicJobs,
    private readonly partitions: AuditPartitions,
  ) {}

  onModuleInit(): void {
    this.jobs.add({ name: 'audit-partitions', everyMs: HOUR_MS, run: (tx) => this.partitions.keep(tx) });
  }
}
