import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { JobHandler, JobRunner } from '../database/job-runner.js';
import { startJobRunner } from '../database/job-runner.js';
import { planPools } from '../database/pool-plan.js';
import type { Statement } from '../database/statement.js';
import type { Tx } from '../database/transaction.js';
import { JobMetrics } from './job-metrics.js';
import { dropEmptyQueues, freeAbandonedJobs } from './job.queries.js';
import { PeriodicJobs } from './periodic-jobs.js';

const START_AGAIN_MS = 5_000;
const FREE_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

const runs =
  (statement: Statement) =>
  async (tx: Tx): Promise<void> => {
    await tx.run(statement);
  };

/**
 * Runs jobs from the queue in the database, on every instance. A job runs at least once: when an instance is killed, another
 * one takes its jobs over within seconds.
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(JobWorker.name);
  readonly #handlers = new Map<string, JobHandler>();
  #runner: JobRunner | null = null;
  #starting: Promise<void> | null = null;
  #again: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    periodic: PeriodicJobs,
    private readonly metrics: JobMetrics,
  ) {
    periodic.add({ name: 'free-abandoned-jobs', everyMs: FREE_EVERY_MS, run: runs(freeAbandonedJobs()) });
    periodic.add({ name: 'drop-empty-job-queues', everyMs: 10 * MINUTE_MS, run: runs(dropEmptyQueues()) });
  }

  /** Must be called before the application has started. */
  define(task: string, handler: JobHandler): void {
    if (this.#handlers.has(task)) throw new Error(`There is a job named ${task} already.`);
    this.#handlers.set(task, handler);
    this.metrics.know(task);
  }

  onApplicationBootstrap(): void {
    this.#startSoon(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    if (this.#again) clearTimeout(this.#again);
    await this.#starting;
    await this.#runner?.stop();
  }

  #startSoon(afterMs: number): void {
    if (this.#stopped) return;
    const turn = (): void => {
      this.#starting = this.#start().catch((error: unknown) => {
        this.#logger.warn({ error }, 'the job queue did not start; retrying');
        this.#startSoon(START_AGAIN_MS);
      });
    };
    this.#again = setTimeout(turn, afterMs).unref();
  }

  async #start(): Promise<void> {
    const { database, jobs, pools } = this.config;
    if (!database || this.#stopped || this.#handlers.size === 0) return;
    this.#runner = await startJobRunner({
      login: database,
      handlers: this.#handlers,
      connections: planPools(pools.max, pools.min).jobs,
      concurrency: jobs.concurrency,
      onError: (message, error) => this.#logger.warn({ error }, message),
      onDetail: (message) => this.#logger.debug(message),
    });
    const again = (error?: unknown): void => {
      if (this.#stopped) return;
      this.#logger.warn({ error }, 'the job queue stopped; restarting');
      this.#startSoon(START_AGAIN_MS);
    };
    this.#runner.ended.then(() => again(), again);
  }
}
