import type { EventFilter, PublishedEvent } from './event.js';
import { matchesFilter } from './event.js';

/** Events that may be held back during a catch-up. Beyond that, another page is read instead. */
const HELD_MAX = 500;

/** A point of the stream, for this process and for clients. */
export interface StreamPosition {
  readonly position: bigint;
  readonly cursor: string;
}

/**
 * What a client subscribes to. While it catches up, the past is read page by page and new events are held back; then the
 * two are joined and it is live.
 */
export class Subscription {
  isLive = false;
  /** More events arrived during a page than may be held back, so another page must be read. */
  overflowed = false;
  /** The position up to which the past was read when the subscription went live. */
  liveFrom: StreamPosition | null = null;
  #held: PublishedEvent[] = [];
  #filter: EventFilter | null = null;

  constructor(readonly id: string) {}

  set filter(filter: EventFilter) {
    this.#filter = filter;
  }

  /** Whether the event is still to be sent. A page may already have contained it. */
  awaits(event: PublishedEvent): boolean {
    if (this.liveFrom && event.position <= this.liveFrom.position) return false;
    return this.#filter !== null && matchesFilter(this.#filter, event);
  }

  /** Drops the events that were held back. The next page contains them. */
  beginPage(): void {
    this.#held = [];
    this.overflowed = false;
  }

  hold(event: PublishedEvent): void {
    if (this.#held.length < HELD_MAX) this.#held.push(event);
    else this.overflowed = true;
  }

  /** Returns the events that were held back and were in no page. */
  goLive(from: StreamPosition): PublishedEvent[] {
    this.isLive = true;
    this.liveFrom = from;
    const held = this.#held;
    this.#held = [];
    return held.filter((event) => this.awaits(event));
  }
}
