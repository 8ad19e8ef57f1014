import { Injectable } from '@nestjs/common';
import type { Session } from '../auth/session.js';
import type { EventFilter } from '../events/event.js';
import { EventStream } from '../events/event-stream.js';
import { EventFrames } from './event-frame.js';
import type { LiveClient } from './live-client.js';
import { LiveClients } from './live-clients.js';
import { LiveFeed } from './live-feed.js';
import type { Subscription } from './subscription.js';

/** Events of one replayed page. */
const PAGE = 200;

interface Join {
  readonly client: LiveClient;
  readonly session: Session;
  readonly subscription: Subscription;
  readonly filter: EventFilter;
  /** Null starts with now. */
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
    let cursor = join.since ?? (await this.stream.latest());
    let reached: bigint | null = null;
    for (let isBehind = true; isBehind;) {
      subscription.beginPage();
      const page = await this.stream.page(session, cursor, PAGE, filter);
      for (const event of page.events) {
        if (!isWanted(join)) return;
        client.send(new EventFrames(event).for([subscription.id]));
        await client.room();
      }
      this.clients.metrics.sent('replayed', page.events.length);
      reached = page.events.at(-1)?.position ?? reached;
      cursor = page.nextCursor;
      isBehind = page.hasMore || subscription.overflowed;
    }
    if (!isWanted(join)) return;
    join.onLive(cursor);
    this.feed.goLive(client, subscription, reached);
  }
}
