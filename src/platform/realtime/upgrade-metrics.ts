import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Upgraded connections by path. */
export class UpgradeMetrics {
  readonly #outcomes: Counter;
  readonly #open: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#outcomes = new Counter({
      name: 'taskmaster_websocket_upgrades_total',
      help: 'Requests to become a WebSocket: accepted, or refused with the code of a fault.',
      labelNames: ['path', 'outcome'],
      registers,
    });
    this.#open = new Gauge({
      name: 'taskmaster_websocket_connections',
      help: 'WebSocket connections that are open.',
      labelNames: ['path'],
      registers,
    });
  }

  /** Sets the metrics of a path to 0, so that an alert can see the first increase. */
  know(path: string): void {
    this.#outcomes.inc({ path, outcome: 'accepted' }, 0);
    this.#open.set({ path }, 0);
  }

  opened(path: string): void {
    this.#outcomes.inc({ path, outcome: 'accepted' });
    this.#open.inc({ path });
  }

  closed(path: string): void {
    this.#open.dec({ path });
  }

  /** `path` must be a known one, because clients could otherwise create any number of labels. */
  refused(path: string, outcome: string): void {
    this.#outcomes.inc({ path, outcome });
  }
}
