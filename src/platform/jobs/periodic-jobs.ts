import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import type { Tx } from '../database/transaction.js';
import { Metrics } from '../telemetry/metrics.js';
import { tryJobLock } from './job-lock.queries.js';

export interface PeriodicJob {
  /** Kebab case; also the label of its metrics and the reason of its background session. */
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  /** Runs in a transaction of the background pool. Must be safe to abort and to repeat. */
  run(tx: Tx): Promise<void>;
}

/**
 * Runs jobs at intervals. An advisory lock that ends with the transaction keeps each job on one instance at a time. A failed
 * run is logged, counted and repeated at the next interval.
 */
@Injectable()
export class PeriodicJobs implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(PeriodicJobs.name);
  readonly #jobs = new Map<string, PeriodicJob>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  readonly #runs: Counter;
  readonly #succeeded: Gauge;
  #stopped = false;

  constructor(
    private readonly database: Database,
    { registry }: Metrics,
  ) {
    this.#runs = new Counter({
      name: 'taskmaster_job_runs_total',
      help: 'Runs of upkeep jobs, by job and outcome: succeeded, failed, or skipped because another instance ran it.',
      labelNames: ['job', 'outcome'],
      registers: [registry],
    });
    this.#succeeded = new Gauge({
      name: 'taskmaster_job_last_success_timestamp_seconds',
      help: 'When an upkeep job last succeeded on this instance, in seconds since 1970; 0 before the first time.',
      labelNames: ['job'],
      registers: [registry],
    });
  }

  /** Must be called before the application has started; jobs run from then on. */
  add(job: PeriodicJob): void {
    if (this.#jobs.has(job.name)) throw new Error(`There is a job named ${job.name} already.`);
    this.#jobs.set(job.name, job);
    for (const outcome of ['succeeded', 'failed', 'skipped']) this.#runs.inc({ job: job.name, outcome }, 0);
    this.#succeeded.set({ job: job.name }, 0);
  }

  onApplicationBootstrap(): void {
    for (const job of this.#jobs.values()) this.#schedule(job, 0);
  }

  /** Runs a job now, for tests and the benchmark. False when another instance was running it. */
  runNow(name: string): Promise<boolean> {
    const job = this.#jobs.get(name);
    if (!job) throw new Error(`There is no job named ${name}.`);
    return this.#run(job);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #schedule(job: PeriodicJob, afterMs: number): void {
    if (this.#stopped) return;
    const turn = (): void => {
      const run = this.#turn(job).finally(() => {
        this.#running.delete(run);
        this.#schedule(job, job.everyMs);
      });
      this.#running.add(run);
    };
    this.#timers.set(job.name, setTimeout(turn, afterMs).unref());
  }

  async #turn(job: PeriodicJob): Promise<void> {
    try {
      await this.#run(job);
    } catch (error) {
      this.#runs.inc({ job: job.name, outcome: 'failed' });
      this.#logger.warn({ error, job: job.name }, 'periodic job failed; it runs again at the next interval');
    }
  }

  async #run(job: PeriodicJob): Promise<boolean> {
    const mine = await this.database.system(job.name, async (tx) => {
      const [lock] = await tx.run(tryJobLock(job.name));
      if (lock?.taken) await job.run(tx);
      return lock?.taken ?? false;
    });
    this.#runs.inc({ job: job.name, outcome: mine ? 'succeeded' : 'skipped' });
    if (mine) this.#succeeded.setToCurrentTime({ job: job.name });
    return mine;
  }
}
