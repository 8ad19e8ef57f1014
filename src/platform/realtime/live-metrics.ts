import { Counter, Gauge } from 'prom-client';
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

/** What the connections of this instance receive, and how they end. */
export class LiveMetrics {
  readonly #received: Counter;
  readonly #closed: Counter;

  constructor(registry: Registry, subscriptions: () => number, waiting: () => number) {
    const registers = [registry];
    this.#received = new Counter({
      name: 'taskmaster_websocket_messages_total',
      help: 'Messages received, by their kind.',
      labelNames: ['event'],
      registers,
    });
    this.#closed = new Counter({
      name: 'taskmaster_websocket_closed_total',
      help: 'Connections that ended, by the reason.',
      labelNames: ['reason'],
      registers,
    });
    gauge(registers, 'taskmaster_websocket_subscriptions', 'Subscriptions of live connections.', subscriptions);
    const help = 'Bytes that wait for their readers, of all connections.';
    gauge(registers, 'taskmaster_websocket_waiting_bytes', help, waiting);
    for (const cause of Object.keys(closeCodes)) this.#closed.inc({ reason: cause.toLowerCase() }, 0);
    for (const reason of ['client', 'unresponsive']) this.#closed.inc({ reason }, 0);
  }

  /** `event` must be a known one, because clients could otherwise create any number of labels. */
  received(event: string): void {
    this.#received.inc({ event });
  }

  closed(reason: string): void {
    this.#closed.inc({ reason: reason.toLowerCase() });
  }
}
