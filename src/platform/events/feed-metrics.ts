import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

type Origin = 'live' | 'replayed';

/** What the feed sends to connections. */
export class FeedMetrics {
  readonly #sent: Counter;
  readonly #delivery: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#sent = new Counter({
      name: 'taskmaster_websocket_events_sent_total',
      help: 'Events sent to clients: live, or replayed because they had been away.',
      labelNames: ['way'],
      registers,
    });
    this.#delivery = new Histogram({
      name: 'taskmaster_websocket_delivery_seconds',
      help: 'Seconds from the arrival of a batch of events at this instance to its last frame, with the check of permissions in between.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    for (const way of ['live', 'replayed']) this.#sent.inc({ way }, 0);
  }

  sent(origin: Origin, count: number): void {
    this.#sent.inc({ way: origin }, count);
  }

  delivered(seconds: number): void {
    this.#delivery.observe(seconds);
  }
}
