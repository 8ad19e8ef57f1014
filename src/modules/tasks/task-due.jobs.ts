import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { PeriodicJobs } from '../../platform/jobs/periodic-jobs.js';
import { TaskDue } from './task-due.service.js';

const EVERY_MS = 60_000;

@Injectable()
export class TaskDueJob implements OnModuleInit {
  constructor(
    private readonly jobs: PeriodicJobs,
    private readonly due: TaskDue,
  ) {}

  onModuleInit(): void {
    this.jobs.add({ name: 'tasks-due-soon', everyMs: EVERY_MS, run: (tx) => this.due.notice(tx) });
  }
}
