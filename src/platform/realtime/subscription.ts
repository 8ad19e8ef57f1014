import type { EventFilter, PublishedEvent } from '../events/event.js';
import { matchesFilter } from '../events/event.js';

/** Events that may wait for a join to end; with more, the join reads another page instead. */
const HELD_MAX = 500;

/** A point of the stream, for this process and for clients. */
export interface Place {
  readonly position: bigint;
  readonly cursor: string;
}

/**
 * What a client listens to. While it is joining, the past is read page by page and what happens meanwhile is held; then
 * the two are put together and it is live.
 */
export class Subscription {
  isLive = false;
  /** More came during a page than may be held: it is in the table, and another page brings it. */
  overflowed = false;
  /** Up to where the past was read when it went live. */
  joinedAt: Place | null = null;
  #held: PublishedEvent[] = [];
  #filter: EventFilter | null = null;

  constructor(readonly id: string) {}

  set filter(filter: EventFilter) {
    this.#filter = filter;
  }

  /** Whether it still has to get this event: a page may be ahead of what this instance has heard. */
  awaits(event: PublishedEvent): boolean {
    if (this.joinedAt && event.position <= this.joinedAt.position) return false;
    return this.#filter !== null && matchesFilter(this.#filter, event);
  }

  /** What was held is in the page that is asked for now: that one is read after it was published. */
  beginPage(): void {
    this.#held = [];
    this.overflowed = false;
  }

  hold(event: PublishedEvent): void {
    if (this.#held.length < HELD_MAX) this.#held.push(event);
    else this.overflowed = true;
  }

  /** From now on it is live; returns what was held and was in no page. */
  goLive(joinedAt: Place): PublishedEvent[] {
    this.isLive = true;
    this.joinedAt = joinedAt;
    const held = this.#held;
    this.#held = [];
    return held.filter((event) => this.awaits(event));
  }
}
