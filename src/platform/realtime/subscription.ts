import type { EventFilter, PublishedEvent } from '../events/event.js';
import { matchesFilter } from '../events/event.js';

/** Events that may wait for a join to end; with more, the join reads another page instead. */
const HELD_MAX = 500;

/**
 * What a client listens to. While it is joining, the past is read page by page and what happens meanwhile is held; then
 * the two are put together and it is live.
 */
export class Subscription {
  isLive = false;
  /** More came during a page than may be held: it is in the table, and another page brings it. */
  overflowed = false;
  #held: PublishedEvent[] = [];
  #filter: EventFilter | null = null;

  constructor(readonly id: string) {}

  set filter(filter: EventFilter) {
    this.#filter = filter;
  }

  matches(event: PublishedEvent): boolean {
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

  /** From now on it is live; returns what was held and is later than what the pages have brought. */
  goLive(after: bigint | null): PublishedEvent[] {
    this.isLive = true;
    const held = this.#held;
    this.#held = [];
    return after === null ? held : held.filter((event) => event.position > after);
  }
}
