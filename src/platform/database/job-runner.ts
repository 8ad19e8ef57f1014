import { EventEmitter } from 'node:events';
import { Logger, run } from 'graphile-worker';
import type { TaskList, WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { openJobPool } from './job-pool.js';

/** Receives the payload of a job. When it throws, the library retries the job later. */
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>;

export interface JobRunnerOptions {
  readonly login: DatabaseLogin;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  /** Two or more. */
  readonly connections: number;
  readonly concurrency: number;
  readonly onError: (message: string, error?: unknown) => void;
  readonly onDetail: (message: string) => void;
}

/** A running worker. */
export interface JobRunner {
  /** Settles when the worker stops, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 2_000;
/** Milliseconds that jobs get to finish at a stop, before their signal is aborted. */
const FINISH_WITHIN_MS = 5_000;

/**
 * The listening connection holds this lock while the worker lives. If another instance finds it free, the worker is
 * dead (freeAbandonedJobs).
 */
const TAKE_LOCK = `select pg_try_advisory_lock(hashtext('taskmaster worker'), hashtext($1))`;

/** Runs jobs from the queue in the database (graphile-worker) on its own connections. */
export async function startJobRunner(options: JobRunnerOptions): Promise<JobRunner> {
  const pool = openJobPool(options.login, options.connections, (error) => {
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
          // Without batching, the library does not await the statement that completes a job: a lost connection would be an
          // unhandled rejection and end the process.
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

/** Runs whenever the worker starts to listen, also after a lost connection. */
function lockingEvents({ onError }: JobRunnerOptions): WorkerEvents {
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:listen:success', ({ workerPool, client }) => {
    // The library sends LISTEN right after this, and pg warns about concurrent queries on one connection.
    client.once('drain', () => {
      client.query(TAKE_LOCK, [workerPool.id]).catch((error: unknown) => {
        onError('the lock of the job worker was not taken', error);
      });
    });
  });
  return events;
}

/** Reports failures of jobs; the rest of what the library logs is only useful for debugging. */
function loggerOf({ onError, onDetail }: JobRunnerOptions): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') onError(message);
    else onDetail(message);
  });
}
