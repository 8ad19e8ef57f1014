import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../auth/session.js';
import { Fault } from '../faults/fault.js';
import { canonicalTimestamp } from '../schema/timestamp.js';
import { EventFeed } from './event-feed.js';
import type { EventListener } from './event-listener.js';
import { EventStream } from './event-stream.js';
import type { EventFilter } from './event.js';
import type { Subscription } from './subscription.js';

/** Events of one replayed page. */
const PAGE_SIZE = 200;
/** Milliseconds before asking again a replica that is behind, or a stream that has not started. */
const RETRY_MS = 20;
const START_TIMEOUT_MS = 10_000;

export interface CatchUpRequest {
  readonly client: EventListener;
  readonly session: Session;
  readonly subscription: Subscription;
  readonly filter: EventFilter;
  /** A cursor or a time; null starts now. */
  readonly since: string | null;
  /** Called once, between the last event of the past and the first live one. */
  readonly onLive: (cursor: string) => void;
}

function isWanted({ client, subscription }: CatchUpRequest): boolean {
  return client.isOpen && client.subscriptions.get(subscription.id) === subscription;
}

/** Replays the events that a subscription has missed, then switches it to the live feed without gaps or duplicates. */
@Injectable()
export class CatchUp {
  constructor(
    private readonly stream: EventStream,
    private readonly feed: EventFeed,
  ) {}

  /** @throws Fault CURSOR_EXPIRED, VALIDATION_FAILED, UNAUTHENTICATED */
  async run(request: CatchUpRequest): Promise<void> {
    const { client, session, subscription, filter } = request;
    subscription.filter = filter;
    // The statement without a filter is the cheaper one.
    const narrowed = Object.keys(filter).length > 0 ? filter : undefined;
    await this.#awaitStream(request);
    let cursor = await this.#startCursor(request.since);
    for (;;) {
      subscription.beginPage();
      const received = this.stream.position;
      const page = await this.stream.page(session, cursor, PAGE_SIZE, narrowed);
      for (const event of page.events) {
        if (!isWanted(request)) return;
        client.deliver([{ event, ids: [subscription.id] }]);
        await client.hasRoom();
      }
      if (!isWanted(request)) return;
      this.feed.metrics.sent('replayed', page.events.length);
      cursor = page.nextCursor;
      const isComplete = !page.hasMore && page.reached >= received;
      if (isComplete && !subscription.overflowed) {
        request.onLive(cursor);
        this.feed.goLive(client, subscription, { position: page.reached, cursor });
        return;
      }
      // A replica is behind this instance, so the events between the two are neither in the page nor held back.
      if (!page.hasMore && !isComplete) await delay(RETRY_MS);
    }
  }

  /** An instance that has just started does not know its position in the stream yet. */
  async #awaitStream(request: CatchUpRequest): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!this.stream.isFollowing && isWanted(request)) {
      if (Date.now() > deadline) throw new Fault('DATABASE_UNAVAILABLE');
      await delay(RETRY_MS);
    }
  }

  async #startCursor(since: string | null): Promise<string> {
    if (since === null) return this.stream.latest();
    const moment = canonicalTimestamp(since);
    return moment === null ? since : this.stream.cursorAt(moment);
  }
}
