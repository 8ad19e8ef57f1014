import type { NotificationConnection } from '../database/notification-connection.js';
import type { AudienceAnswer } from './audience.js';
import type { PublishedEvent } from './event.js';
import { eventBounds, eventsAfter } from './event.queries.js';
import type { EventRow } from './event.queries.js';

const PAGE = 500;

/** `answer` is null when nobody was asked together with the batch. */
export type BatchListener = (batch: readonly PublishedEvent[], answer: AudienceAnswer | null) => void;

/**
 * Passes on the events that any instance has published, each once and in order. Positions have no gaps, so an event is the
 * next one, or already known, or shows that others have to be read first.
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
    /** Asks who may see what the statement before it reads. */
    private readonly ask: () => AudienceAnswer | null,
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

  /** Reads the head of the stream. The first head is where this instance starts. */
  async catchUp(): Promise<void> {
    const [bounds] = await this.connection.run('follow events', eventBounds());
    if (!bounds) return;
    const head = BigInt(bounds.head);
    // A restored database has a shorter stream; waiting for the old position would miss every event until then.
    const isSetBack = this.#position !== null && head < this.#position;
    if (isSetBack) this.#known = head;
    if (isSetBack || this.#position === null) {
      this.#position = head;
      this.#wake();
    }
    this.announce(head);
  }

  /** Takes events from the relay of this instance, or from Redis, which brings no answer. */
  accept(rows: readonly EventRow[], head: bigint, answer: AudienceAnswer | null = null): void {
    const next = this.#position === null || this.#reading ? null : this.#position + 1n;
    if (rows[0] && BigInt(rows[0].position) === next) this.#handOut(rows, answer);
    this.announce(head);
  }

  /** Reads the events up to this position, unless they are known. */
  announce(head: bigint): void {
    if (head > this.#known) this.#known = head;
    if (this.#position === null || this.#known <= this.#position || this.#reading) return;
    this.#reading = this.#read().then(
      () => {
        this.#reading = null;
        // Positions that were announced after the last page.
        this.announce(this.#known);
      },
      (error: unknown) => {
        this.#reading = null;
        this.onFailed(error);
      },
    );
  }

  /** Resolves once everything up to this position is passed on. */
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
      const reading = this.connection.run('follow events', eventsAfter(this.position, PAGE));
      const answer = this.ask();
      const rows = await reading;
      if (rows.length === 0) this.#known = this.position;
      else this.#handOut(rows, answer);
    }
  }

  #handOut(rows: readonly EventRow[], answer: AudienceAnswer | null): void {
    const batch = rows.map((row) => this.toEvent(row));
    this.#position = batch.at(-1)?.position ?? this.#position;
    for (const listener of this.#listeners) {
      // An error of one listener must not affect the others or stop the stream.
      try {
        listener(batch, answer);
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
