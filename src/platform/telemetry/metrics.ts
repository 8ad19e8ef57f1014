import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Database } from '../database/database.js';
import type { FaultCode } from '../faults/catalogue.js';
import { databaseMetrics } from './database-metrics.js';
import { FaultMetrics } from './fault-metrics.js';
import { processMetrics } from './process-metrics.js';
import { requestMetrics } from './request-metrics.js';
import type { RequestListener } from './ended-request.js';
import { TaskMetrics } from './task-metrics.js';

/** The metrics of this instance. */
@Injectable()
export class Metrics {
  /** One per application, so that two applications in a process do not share metrics. */
  readonly registry = new Registry();
  readonly requests: RequestListener = requestMetrics(this.registry);
  readonly #faults = new FaultMetrics(this.registry);

  constructor(database: Database) {
    databaseMetrics(this.registry, database);
    new TaskMetrics(this.registry, database);
    processMetrics(this.registry);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  countFault(code: FaultCode): void {
    this.#faults.count(code);
  }

  /** The exposition format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
