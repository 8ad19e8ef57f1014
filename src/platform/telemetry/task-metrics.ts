import { Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Database } from '../database/database.js';
import { countTasksByStatus } from './task-metrics.queries.js';

/** The five statuses of the data model, so that one without tasks is 0 and not absent. */
export const TASK_STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];

/** A count reads the whole index, so however often it is asked for, it is not made more often than this. */
const COUNT_EVERY_MS = 15_000;
/** A scrape waits this long for a new count and then takes the one before: Prometheus gives up after 5 seconds. */
const SCRAPE_WAITS_MS = 1_000;
/** A count that takes longer is cancelled on the server. */
const COUNT_MAX_MS = 60_000;

/** Tasks by status. Counted when somebody looks, and kept as it was while the database is away. */
export class TaskMetrics {
  readonly #logger = new Logger(TaskMetrics.name);
  #countedAt = -Infinity;
  #counting: Promise<void> | null = null;
  readonly #tasks: Gauge;
  readonly #moment: Gauge;

  constructor(
    registry: Registry,
    private readonly database: Database,
    private readonly everyMs = COUNT_EVERY_MS,
  ) {
    const refresh = () => this.#refresh();
    this.#tasks = new Gauge({
      name: 'taskmaster_tasks_total',
      help: 'Tasks of all tenants by status, deleted ones left out.',
      labelNames: ['status'],
      registers: [registry],
      collect: refresh,
    });
    this.#moment = new Gauge({
      name: 'taskmaster_tasks_counted_timestamp_seconds',
      help: 'When taskmaster_tasks_total was counted; 0 before the first time.',
      registers: [registry],
      collect: refresh,
    });
    for (const status of TASK_STATUSES) this.#tasks.set({ status }, 0);
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#countedAt >= this.everyMs) {
      this.#counting ??= this.#count().finally(() => (this.#counting = null));
    }
    if (this.#counting) await atMost(SCRAPE_WAITS_MS, this.#counting);
  }

  /** Never fails; a failed try counts as one, so that a database in trouble is not asked at every scrape. */
  async #count(): Promise<void> {
    this.#countedAt = performance.now();
    try {
      const signal = AbortSignal.timeout(COUNT_MAX_MS);
      const rows = await this.database.systemCommand('count tasks for metrics', countTasksByStatus(), { signal });
      for (const status of TASK_STATUSES) {
        this.#tasks.set({ status }, rows.find((row) => row.status === status)?.tasks ?? 0);
      }
      this.#moment.setToCurrentTime();
    } catch (error) {
      this.#logger.warn({ error }, 'tasks not counted; the metric keeps its last value');
    }
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
