import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Connections that left HTTP, by the path they were opened on. */
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

  /** Zero from the start, so that an alert can see the first. */
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

  /** `path` is one that is known: labels are not for clients to invent. */
  refused(path: string, outcome: string): void {
    this.#outcomes.inc({ path, outcome });
  }
}
