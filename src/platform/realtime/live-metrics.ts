import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { closeCodes } from './close-codes.js';

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}

/** What goes over live connections, under names for dashboards. */
export class LiveMetrics {
  readonly #received: Counter;
  readonly #sent: Counter;
  readonly #closed: Counter;
  readonly #delivery: Histogram;

  constructor(registry: Registry, subscriptions: () => number, waiting: () => number) {
    const registers = [registry];
    this.#received = new Counter({
      name: 'taskmaster_websocket_messages_total',
      help: 'Messages received, by their kind.',
      labelNames: ['event'],
      registers,
    });
    this.#sent = new Counter({
      name: 'taskmaster_websocket_events_sent_total',
      help: 'Events sent to clients: live, or replayed because they had been away.',
      labelNames: ['way'],
      registers,
    });
    this.#closed = new Counter({
      name: 'taskmaster_websocket_closed_total',
      help: 'Connections that ended, by the reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#delivery = new Histogram({
      name: 'taskmaster_websocket_delivery_seconds',
      help: 'From the arrival of a batch of events at this instance to its last frame, permissions asked in between.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    gauge(registers, 'taskmaster_websocket_subscriptions', 'Subscriptions of live connections.', subscriptions);
    const help = 'Bytes that wait for their readers, of all connections.';
    gauge(registers, 'taskmaster_websocket_waiting_bytes', help, waiting);
    for (const way of ['live', 'replayed']) this.#sent.inc({ way }, 0);
    for (const cause of Object.keys(closeCodes)) this.#closed.inc({ reason: cause.toLowerCase() }, 0);
    for (const reason of ['client', 'unresponsive']) this.#closed.inc({ reason }, 0);
  }

  /** `event` is one that is known: labels are not for clients to invent. */
  received(event: string): void {
    this.#received.inc({ event });
  }

  sent(way: 'live' | 'replayed', count: number): void {
    this.#sent.inc({ way }, count);
  }

  closed(reason: string): void {
    this.#closed.inc({ reason: reason.toLowerCase() });
  }

  delivered(seconds: number): void {
    this.#delivery.observe(seconds);
  }
}
