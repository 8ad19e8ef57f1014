import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { Metrics } from '../../platform/telemetry/metrics.js';

const OUTCOMES = ['delivered', 'retried', 'dead', 'postponed'] as const;
export type DeliveryOutcome = (typeof OUTCOMES)[number];

/** Counts what this instance has sent. The metrics of the job queue show how much waits, and for how long. */
@Injectable()
export class WebhookMetrics {
  readonly #deliveries: Counter;
  readonly #seconds: Histogram;
  readonly #disabled: Counter;

  constructor({ registry }: Metrics) {
    this.#deliveries = new Counter({
      name: 'taskmaster_webhook_deliveries_total',
      help: 'Turns of webhook deliveries by outcome: delivered, retried (failed, and tried again later), dead (given up), or postponed (the webhook is failing and was not tried).',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of OUTCOMES) this.#deliveries.inc({ outcome }, 0);
    this.#seconds = new Histogram({
      name: 'taskmaster_webhook_attempt_seconds',
      help: 'Seconds until the receiver of a webhook answered, or the attempt was given up.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30],
      registers: [registry],
    });
    this.#disabled = new Counter({
      name: 'taskmaster_webhooks_disabled_total',
      help: 'Webhooks that were disabled by the service, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
  }

  count(outcome: DeliveryOutcome): void {
    this.#deliveries.inc({ outcome });
  }

  took(seconds: number): void {
    this.#seconds.observe(seconds);
  }

  disabled(reason: string): void {
    this.#disabled.inc({ reason });
  }
}
