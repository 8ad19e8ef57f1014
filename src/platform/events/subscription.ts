import type { EventFilter, PublishedEvent } from './event.js';
import { matchesFilter } from './event.js';

/** Events that may be held back during a catch-up; with more, another page is read instead. */
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
  /** More events arrived during a page than may be held back: another page has to be read. */
  overflowed = false;
  /** The position up to which the past was read when the subscription went live. */
  liveFrom: StreamPosition | null = null;
  #held: PublishedEvent[] = [];
  #filter: EventFilter | null = null;

  constructor(readonly id: string) {}

  set filter(filter: EventFilter) {
    this.#filter = filter;
  }

  /** Whether it still has to get this event: a page may be ahead of what this instance has received. */
  awaits(event: PublishedEvent): boolean {
    if (this.liveFrom && event.position <= this.liveFrom.position) return false;
    return this.#filter !== null && matchesFilter(this.#filter, event);
  }

  /** Drops what was held back: it was published before the page that is read next, which contains it. */
  beginPage(): void {
    this.#held = [];
    this.overflowed = false;
  }

  hold(event: PublishedEvent): void {
    if (this.#held.length < HELD_MAX) this.#held.push(event);
    else this.overflowed = true;
  }

  /** Returns what was held back and was in no page. */
  goLive(from: StreamPosition): PublishedEvent[] {
    this.isLive = true;
    this.liveFrom = from;
    const held = this.#held;
    this.#held = [];
    return held.filter((event) => this.awaits(event));
  }
}
