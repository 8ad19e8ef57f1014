import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

export interface Lag {
  readonly rows: number;
  readonly seconds: number;
}

const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Milliseconds that a scrape waits for the database before it reports the previous figures. */
const SCRAPE_WAITS_MS = 1_000;

/** Metrics of the relay and of the outbox. */
export class EventMetrics {
  readonly #published: Counter;
  readonly #failures: Counter;
  readonly #size: Histogram;
  readonly #duration: Histogram;
  readonly #rows: Gauge;
  #reading: Promise<void> | null = null;

  constructor(
    registry: Registry,
    private readonly readLag: () => Promise<Lag>,
  ) {
    const registers = [registry];
    this.#published = new Counter({
      name: 'taskmaster_events_published_total',
      help: 'Events that this instance has published.',
      registers,
    });
    this.#failures = new Counter({
      name: 'taskmaster_event_stream_failures_total',
      help: 'Runs of the relay and reads of the stream that failed on this instance.',
      registers,
    });
    this.#size = new Histogram({
      name: 'taskmaster_events_batch_size',
      help: 'Events that one run of the relay published; runs that found none are left out.',
      buckets: SIZES,
      registers,
    });
    this.#duration = new Histogram({
      name: 'taskmaster_event_relay_duration_seconds',
      help: 'Seconds of a run of the relay that published something.',
      buckets: SECONDS,
      registers,
    });
    this.#rows = this.#lagGauges(registers);
  }

  published(events: number, seconds: number): void {
    if (events === 0) return;
    this.#published.inc(events);
    this.#size.observe(events);
    this.#duration.observe(seconds);
  }

  failed(): void {
    this.#failures.inc();
  }

  #lagGauges(registers: Registry[]): Gauge {
    const seconds = new Gauge({
      name: 'taskmaster_outbox_lag_seconds',
      help: 'Age in seconds of the oldest change that is committed and not published; 0 when there is none.',
      registers,
    });
    return new Gauge({
      name: 'taskmaster_outbox_lag_rows',
      help: 'Rows of the audit trail that are committed and not published.',
      registers,
      // Refreshes both gauges, which come from one statement.
      collect: () => this.#refresh(seconds),
    });
  }

  async #refresh(seconds: Gauge): Promise<void> {
    this.#reading ??= this.readLag()
      .then((lag) => {
        this.#rows.set(lag.rows);
        seconds.set(lag.seconds);
      })
      .catch(() => undefined)
      .finally(() => {
        this.#reading = null;
      });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SCRAPE_WAITS_MS);
    });
    await Promise.race([this.#reading, patience]);
    clearTimeout(timer);
  }
}
