import { Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Database } from '../database/database.js';
import { countTasksByStatus } from './task-metrics.queries.js';

/** The statuses of the data model, so that one without tasks is 0 instead of absent. */
export const TASK_STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];

/** Dashboards know the first name, although `_total` is the ending of a counter. */
const NAMES = ['taskmaster_tasks_total', 'taskmaster_tasks'];

/** Milliseconds between two counts, because each reads the whole index. */
const COUNT_EVERY_MS = 15_000;
/** Milliseconds that a scrape waits before it uses the last count; Prometheus gives up after 5 seconds. */
const SCRAPE_WAITS_MS = 1_000;
/** Milliseconds after which a count is cancelled. */
const COUNT_MAX_MS = 60_000;

/** Tasks by status. Counted by scrapes, and kept while the database is away. */
export class TaskMetrics {
  readonly #logger = new Logger(TaskMetrics.name);
  #countedAt = -Infinity;
  #counting: Promise<void> | null = null;
  readonly #tasks: readonly Gauge[];
  readonly #moment: Gauge;

  constructor(
    registry: Registry,
    private readonly database: Database,
    private readonly everyMs = COUNT_EVERY_MS,
  ) {
    const refresh = () => this.#refresh();
    this.#tasks = NAMES.map(
      (name) =>
        new Gauge({
          name,
          help: 'Tasks of all teams by status; deleted ones are left out.',
          labelNames: ['status'],
          registers: [registry],
          collect: refresh,
        }),
    );
    this.#moment = new Gauge({
      name: 'taskmaster_tasks_counted_timestamp_seconds',
      help: 'When the tasks were counted last, in seconds since 1970; 0 before the first time.',
      registers: [registry],
      collect: refresh,
    });
    for (const status of TASK_STATUSES) this.#set(status, 0);
  }

  #set(status: string, tasks: number): void {
    for (const gauge of this.#tasks) gauge.set({ status }, tasks);
  }

  async #refresh(): Promise<void> {
    if (performance.now() - this.#countedAt >= this.everyMs) {
      this.#counting ??= this.#count().finally(() => (this.#counting = null));
    }
    if (this.#counting) await atMost(SCRAPE_WAITS_MS, this.#counting);
  }

  /** Never throws. A failed attempt counts, so that a database in trouble is not queried at every scrape. */
  async #count(): Promise<void> {
    this.#countedAt = performance.now();
    try {
      const signal = AbortSignal.timeout(COUNT_MAX_MS);
      const rows = await this.database.systemCommand('count tasks for metrics', countTasksByStatus(), { signal });
      for (const status of TASK_STATUSES) {
        this.#set(status, rows.find((row) => row.status === status)?.tasks ?? 0);
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
