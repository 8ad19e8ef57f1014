import type { NotificationConnection } from '../database/notification-connection.js';
import type { PublishedEvent } from './event.js';
import { eventBounds, eventsAfter } from './event.queries.js';
import type { EventRow } from './event.queries.js';

const PAGE = 500;

export type BatchListener = (batch: readonly PublishedEvent[]) => void;

/**
 * Hands out what was published, by whichever instance: each event once, in order. Positions have no gaps, so what arrives
 * is either the next one, known already, or the sign that something has to be read first.
 */
export class EventTail {
  readonly #listeners = new Set<BatchListener>();
  readonly #arrivals = new Set<() => void>();
  #position: bigint | null = null;
  #known = 0n;
  #reading: Promise<void> | null = null;
  #stopped = false;

  constructor(
    private readonly connection: NotificationConnection,
    private readonly toEvent: (row: EventRow) => PublishedEvent,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  get position(): bigint {
    return this.#position ?? 0n;
  }

  get isFollowing(): boolean {
    return this.#position !== null;
  }

  listen(listener: BatchListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where the stream is by now; the first time that is where handing out begins. */
  async catchUp(): Promise<void> {
    const [bounds] = await this.connection.run('follow events', eventBounds());
    if (!bounds) return;
    const head = BigInt(bounds.head);
    // A database that was set back has a shorter stream; waiting for the old place would miss what comes until then.
    const isSetBack = this.#position !== null && head < this.#position;
    if (isSetBack) this.#known = head;
    if (isSetBack || this.#position === null) {
      this.#position = head;
      this.#wake();
    }
    this.announce(head);
  }

  /** Events as this instance has just published them. */
  accept(rows: readonly EventRow[], head: bigint): void {
    const next = this.#position === null || this.#reading ? null : this.#position + 1n;
    if (rows[0] && BigInt(rows[0].position) === next) this.#handOut(rows);
    this.announce(head);
  }

  /** There are events up to here. */
  announce(head: bigint): void {
    if (head > this.#known) this.#known = head;
    if (this.#position === null || this.#known <= this.#position || this.#reading) return;
    this.#reading = this.#read().then(
      () => {
        this.#reading = null;
        // Announced between the last page and now.
        this.announce(this.#known);
      },
      (error: unknown) => {
        this.#reading = null;
        this.onFailed(error);
      },
    );
  }

  /** Resolves when everything up to here is handed out. */
  async reached(position: bigint): Promise<void> {
    while (this.position < position) {
      if (this.#stopped) throw new Error('The event stream is stopped.');
      await new Promise<void>((resolve) => {
        this.#arrivals.add(resolve);
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#listeners.clear();
    this.#wake();
  }

  async #read(): Promise<void> {
    while (this.position < this.#known) {
      const rows = await this.connection.run('follow events', eventsAfter(this.position, PAGE));
      if (rows.length === 0) this.#known = this.position;
      else this.#handOut(rows);
    }
  }

  #handOut(rows: readonly EventRow[]): void {
    const batch = rows.map((row) => this.toEvent(row));
    this.#position = batch.at(-1)?.position ?? this.#position;
    for (const listener of this.#listeners) {
      // One listener's fault is nothing to the others, and must not stop the stream.
      try {
        listener(batch);
      } catch (error) {
        this.onFailed(error);
      }
    }
    this.#wake();
  }

  #wake(): void {
    const arrivals = [...this.#arrivals];
    this.#arrivals.clear();
    for (const arrived of arrivals) arrived();
  }
}
