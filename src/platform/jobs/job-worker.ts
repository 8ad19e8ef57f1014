import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { Logger as WorkerLogger, run } from 'graphile-worker';
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { Statement } from '../database/statement.js';
import type { Tx } from '../database/transaction.js';
import { openJobPool } from '../database/job-pool.js';
import { WORKER_LOCK, dropEmptyLanes, freeAbandonedJobs } from './job.queries.js';
import { PeriodicJobs } from './periodic-jobs.js';

const runs =
  (statement: Statement) =>
  async (tx: Tx): Promise<void> => {
    await tx.run(statement);
  };

/** Gets what the job was made with. When it throws, the library runs the job again later. */
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>;

const POLL_MS = 2_000;
const START_AGAIN_MS = 5_000;
/** Jobs in flight may end by themselves for so long at a shutdown; then their signal is aborted. */
const FINISH_WITHIN_MS = 5_000;
const FREE_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

/**
 * Runs jobs from the queue in the database (graphile-worker), on every instance. A job runs at least once: what an
 * instance held when it was killed is taken up by another one within seconds.
 */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(JobWorker.name);
  readonly #tasks: TaskList = {};
  #pool: pg.Pool | null = null;
  #runner: Runner | null = null;
  #starting: Promise<void> | null = null;
  #again: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    periodic: PeriodicJobs,
  ) {
    const free = { name: 'free-abandoned-jobs', everyMs: FREE_EVERY_MS };
    periodic.add({ ...free, run: runs(freeAbandonedJobs()) });
    const lanes = { name: 'drop-empty-job-lanes', everyMs: 10 * MINUTE_MS };
    periodic.add({ ...lanes, run: runs(dropEmptyLanes()) });
  }

  /** To be called while the application is put together. */
  define(task: string, handler: JobHandler): void {
    if (this.#tasks[task]) throw new Error(`There is a job named ${task} already.`);
    this.#tasks[task] = async (payload, { abortSignal }) => handler(payload, abortSignal);
  }

  onApplicationBootstrap(): void {
    this.#startSoon(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    if (this.#again) clearTimeout(this.#again);
    await this.#starting;
    await this.#runner?.stop().catch(() => undefined);
    await this.#pool?.end();
  }

  #startSoon(afterMs: number): void {
    if (this.#stopped) return;
    const turn = (): void => {
      this.#starting = this.#start().catch((error: unknown) => {
        this.#logger.warn({ error }, 'the job queue does not run yet; it is tried again');
        this.#startSoon(START_AGAIN_MS);
      });
    };
    this.#again = setTimeout(turn, afterMs).unref();
  }

  async #start(): Promise<void> {
    const { database, jobs } = this.config;
    if (!database || this.#stopped) return;
    const lost = (error: Error): void => {
      this.#logger.warn({ error }, 'a connection of the job queue was lost');
    };
    this.#pool ??= openJobPool(database, lost);
    const runner = await run({
      pgPool: this.#pool,
      taskList: this.#tasks,
      parsedCronItems: [],
      noHandleSignals: true,
      events: this.#events(),
      logger: this.#workerLogger(),
      preset: {
        worker: {
          concurrentJobs: jobs.concurrency,
          pollInterval: POLL_MS,
          gracefulShutdownAbortTimeout: FINISH_WITHIN_MS,
        },
      },
    });
    this.#runner = runner;
    runner.promise.then(
      () => this.#ended(),
      (error: unknown) => this.#ended(error),
    );
  }

  #ended(error?: unknown): void {
    if (this.#stopped) return;
    this.#logger.warn({ error }, 'the job queue stopped; it is started again');
    this.#startSoon(START_AGAIN_MS);
  }

  /** Every time it listens, also after its connection was lost: see freeAbandonedJobs. */
  #events(): WorkerEvents {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:listen:success', ({ workerPool, client }) => {
      client.query(`select ${WORKER_LOCK}`, [workerPool.id]).catch((error: unknown) => {
        this.#logger.warn({ error }, 'the lock of the job worker was not taken');
      });
    });
    return events;
  }

  #workerLogger(): WorkerLogger {
    // Failures of jobs are told; everything else the library says is for those who look for a fault in it.
    return new WorkerLogger(() => (level, message) => {
      if (level === 'error') this.#logger.warn(message);
      else this.#logger.debug(message);
    });
  }
}
