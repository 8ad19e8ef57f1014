import { Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { CachedFigures } from '../telemetry/cached-figures.js';
import { Metrics } from '../telemetry/metrics.js';
import type { JobFigures } from './job.queries.js';
import { countJobs } from './job.queries.js';

/** Depth and age of the job queue. Every instance reports the same figures, because they share one queue. */
@Injectable()
export class JobMetrics {
  readonly #logger = new Logger(JobMetrics.name);
  readonly #depth: Gauge;
  readonly #age: Gauge;
  readonly #tasks = new Set<string>();

  constructor(
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    const figures = new CachedFigures(
      () => this.#load(),
      (error) => this.#logger.warn({ error }, 'jobs not counted; the metrics keep their last values'),
    );
    const collect = (): Promise<void> => figures.refresh();
    this.#depth = new Gauge({
      name: 'taskmaster_job_queue_depth',
      help: 'Jobs in the queue, by kind and by when they are due: now, or later (retries).',
      labelNames: ['task', 'when'],
      registers: [registry],
      collect,
    });
    this.#age = new Gauge({
      name: 'taskmaster_job_queue_age_seconds',
      help: 'Seconds that the oldest job that could run has been due, by kind; 0 when there is none.',
      labelNames: ['task'],
      registers: [registry],
      collect,
    });
  }

  /** Registers a kind of job, so that its figures are 0 instead of absent while there are none. */
  know(task: string): void {
    this.#tasks.add(task);
    this.#set({ task, due: 0, later: 0, seconds: 0 });
  }

  async #load(): Promise<void> {
    const rows = await this.database.systemCommand('count jobs for metrics', countJobs());
    for (const task of this.#tasks) {
      this.#set(rows.find((row) => row.task === task) ?? { task, due: 0, later: 0, seconds: 0 });
    }
  }

  #set({ task, due, later, seconds }: JobFigures): void {
    this.#depth.set({ task, when: 'due' }, due);
    this.#depth.set({ task, when: 'later' }, later);
    this.#age.set({ task }, seconds);
  }
}
