import type { OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import type { RollUp } from './performance.queries.js';
import { dropOldMeasurements, insertMeasurements, rollUp } from './performance.queries.js';
import { ServiceSampler } from './service-sampler.js';

/** Hours first, so that rows old enough for both steps become days in the same run. */
const ROLL_UPS: readonly RollUp[] = [
  { from: 'raw', to: 'hour', afterDays: 7 },
  { from: 'hour', to: 'day', afterDays: 90 },
];

/** Stores the measurements of this instance in the database. */
@Injectable()
export class PerformanceService implements OnApplicationShutdown {
  readonly #instance = `${hostname()}:${process.pid}`.slice(-255);
  readonly #sampler: ServiceSampler;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    database: Database,
    { registry }: Metrics,
  ) {
    this.#sampler = new ServiceSampler(registry, () => database.snapshot());
  }

  /** Stores the measurements since the last run. */
  async record(tx: Tx): Promise<void> {
    await tx.run(insertMeasurements(this.#instance, await this.#sampler.measure()));
  }

  /** Combines old measurements and deletes expired ones. */
  async summarize(tx: Tx): Promise<void> {
    for (const step of ROLL_UPS) await tx.run(rollUp(step));
    await tx.run(dropOldMeasurements(this.config.retention.metricsDays));
  }

  onApplicationShutdown(): void {
    this.#sampler.stop();
  }
}
