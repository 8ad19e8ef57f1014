import { EventEmitter } from 'node:events';
import { Logger, run } from 'graphile-worker';
import type { TaskList, WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { openJobPool } from './job-pool.js';

/** Gets what the job was made with. When it throws, the library runs the job again later. */
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>;

export interface JobRunnerOptions {
  readonly login: DatabaseLogin;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  readonly concurrency: number;
  readonly onError: (message: string, error?: unknown) => void;
  readonly onDetail: (message: string) => void;
}

/** The library at work. */
export interface JobRunner {
  /** Settles when it stops, of itself or because it was told to. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 2_000;
/** Jobs in flight may end by themselves for so long at a stop; then their signal is aborted. */
const FINISH_WITHIN_MS = 5_000;

/**
 * Held on the listening connection for as long as the worker lives: who finds it free knows that the worker is no more
 * (freeAbandonedJobs).
 */
const TAKE_LOCK = `select pg_try_advisory_lock(hashtext('taskmaster worker'), hashtext($1))`;

/** Runs jobs from the queue in the database (graphile-worker) on connections of its own. */
export async function startJobRunner(options: JobRunnerOptions): Promise<JobRunner> {
  const pool = openJobPool(options.login, (error) => {
    options.onError('a connection of the job queue was lost', error);
  });
  try {
    const runner = await run({
      pgPool: pool,
      taskList: tasksOf(options.handlers),
      parsedCronItems: [],
      noHandleSignals: true,
      events: lockingEvents(options),
      logger: loggerOf(options),
      preset: {
        worker: {
          concurrentJobs: options.concurrency,
          pollInterval: POLL_MS,
          gracefulShutdownAbortTimeout: FINISH_WITHIN_MS,
          // Without a batch the library lets go of the promise that ends a job: a lost connection would be an unhandled
          // rejection and end the process.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
    const ended = runner.promise.finally(() => pool.end());
    const quiet = ended.catch(() => undefined);
    const stop = async (): Promise<void> => {
      await runner.stop().catch(() => undefined);
      await quiet;
    };
    return { ended, stop };
  } catch (error) {
    await endQuietly(pool);
    throw error;
  }
}

async function endQuietly(pool: pg.Pool): Promise<void> {
  await pool.end().catch(() => undefined);
}

function tasksOf(handlers: JobRunnerOptions['handlers']): TaskList {
  return Object.fromEntries(
    [...handlers].map(([name, handler]) => [
      name,
      (payload: unknown, { abortSignal }: { abortSignal: AbortSignal }) => handler(payload, abortSignal),
    ]),
  );
}

/** Every time it listens, also after its connection was lost. */
function lockingEvents({ onError }: JobRunnerOptions): WorkerEvents {
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:listen:success', ({ workerPool, client }) => {
    // The library sends its LISTEN right after this; a connection is asked one thing at a time.
    client.once('drain', () => {
      client.query(TAKE_LOCK, [workerPool.id]).catch((error: unknown) => {
        onError('the lock of the job worker was not taken', error);
      });
    });
  });
  return events;
}

/** Failures of jobs are told; everything else the library says is for those who look for a fault in it. */
function loggerOf({ onError, onDetail }: JobRunnerOptions): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') onError(message);
    else onDetail(message);
  });
}
