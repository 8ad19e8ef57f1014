import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../telemetry/metrics.js';
import { BrokerStates } from './broker-states.js';
import { brokerLags } from './broker.queries.js';

/** Milliseconds that a scrape waits for the database before it keeps the last figures. */
const SCRAPE_WAITS_MS = 1_000;

/** Metrics of the brokers. */
@Injectable()
export class BrokerMetrics {
  readonly #published: Counter;
  readonly #failures: Counter;
  readonly #missed: Counter;

  constructor(
    private readonly database: Database,
    { registry }: Metrics,
    states: BrokerStates,
  ) {
    const counter = (name: string, help: string): Counter =>
      new Counter({ name, help, labelNames: ['broker'], registers: [registry] });
    this.#published = counter('taskmaster_broker_events_published_total', 'Events that a broker has acknowledged.');
    this.#failures = counter('taskmaster_broker_failures_total', 'Attempts to publish to a broker that failed.');
    this.#missed = counter(
      'taskmaster_broker_events_missed_total',
      'Events that were dropped before the broker had them.',
    );
    new Gauge({
      name: 'taskmaster_broker_reachable',
      help: '1 when a configured broker answered this instance the last time, else 0.',
      labelNames: ['broker'],
      registers: [registry],
      collect() {
        for (const { broker, reachable } of states.snapshot()) this.set({ broker }, reachable ? 1 : 0);
      },
    });
    this.#lag(registry);
  }

  published(broker: string, events: number): void {
    this.#published.inc({ broker }, events);
  }

  failed(broker: string): void {
    this.#failures.inc({ broker });
  }

  missed(broker: string, events: number): void {
    this.#missed.inc({ broker }, events);
  }

  #lag(registry: Metrics['registry']): void {
    const { database } = this;
    new Gauge({
      name: 'taskmaster_broker_lag_events',
      help: 'Events that a broker has not acknowledged yet.',
      labelNames: ['broker'],
      registers: [registry],
      async collect() {
        const signal = AbortSignal.timeout(SCRAPE_WAITS_MS);
        const lags = await database.systemCommand('measure brokers', brokerLags(), { signal }).catch(() => []);
        for (const { broker, lag } of lags) this.set({ broker }, lag);
      },
    });
  }
}
