import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../auth/session.js';
import type { EventFilter } from '../events/event.js';
import { EventStream } from '../events/event-stream.js';
import { Fault } from '../faults/fault.js';
import { EventFrames } from './event-frame.js';
import { isTimestamp } from '../schema/timestamp.js';
import type { LiveClient } from './live-client.js';
import { LiveClients } from './live-clients.js';
import { LiveFeed } from './live-feed.js';
import type { Subscription } from './subscription.js';

/** Events of one replayed page. */
const PAGE = 200;
/** Until a replica, or the stream itself, is asked again. */
const AGAIN_MS = 20;
const PATIENCE_MS = 10_000;

interface Join {
  readonly client: LiveClient;
  readonly session: Session;
  readonly subscription: Subscription;
  readonly filter: EventFilter;
  /** A cursor or a time; null starts with now. */
  readonly since: string | null;
  /** Called once, between the last event of the past and the first live one. */
  readonly onLive: (cursor: string) => void;
}

function isWanted({ client, subscription }: Join): boolean {
  return client.isOpen && client.subscriptions.get(subscription.id) === subscription;
}

/** Brings a subscription from where its client was to the live stream, without gap or repetition. */
@Injectable()
export class LiveJoin {
  constructor(
    private readonly stream: EventStream,
    private readonly feed: LiveFeed,
    private readonly clients: LiveClients,
  ) {}

  /** @throws Fault CURSOR_EXPIRED, VALIDATION_FAILED, UNAUTHENTICATED */
  async run(join: Join): Promise<void> {
    const { client, session, subscription, filter } = join;
    subscription.filter = filter;
    // The statement without a filter is the cheaper one.
    const narrows = Object.keys(filter).length > 0 ? filter : undefined;
    await this.#following(join);
    let cursor = await this.#start(join.since);
    for (;;) {
      subscription.beginPage();
      const handedOut = this.stream.position;
      const page = await this.stream.page(session, cursor, PAGE, narrows);
      for (const event of page.events) {
        if (!isWanted(join)) return;
        client.send(new EventFrames(event).for([subscription.id]));
        await client.room();
      }
      if (!isWanted(join)) return;
      this.clients.metrics.sent('replayed', page.events.length);
      cursor = page.nextCursor;
      const isComplete = !page.hasMore && page.reached >= handedOut;
      if (isComplete && !subscription.overflowed) {
        join.onLive(cursor);
        this.feed.goLive(client, subscription, { position: page.reached, cursor });
        return;
      }
      // A replica that has not got as far as this instance: what lies between is in neither of the two.
      if (!page.hasMore && !isComplete) await delay(AGAIN_MS);
    }
  }

  /** An instance that has just started does not know yet where it is in the stream. */
  async #following(join: Join): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!this.stream.isFollowing && isWanted(join)) {
      if (Date.now() > deadline) throw new Fault('DATABASE_UNAVAILABLE');
      await delay(AGAIN_MS);
    }
  }

  async #start(since: string | null): Promise<string> {
    if (since === null) return this.stream.latest();
    return isTimestamp(since) ? this.stream.cursorAt(since) : since;
  }
}
