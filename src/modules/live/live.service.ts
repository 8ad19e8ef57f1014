import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Fault } from '../../platform/faults/fault.js';
import type { LiveClient, MessageId } from '../../platform/realtime/live-client.js';
import { LiveClients } from '../../platform/realtime/live-clients.js';
import { EventFeed } from '../../platform/events/event-feed.js';
import { CatchUp } from '../../platform/events/catch-up.js';
import { SocketFaults } from '../../platform/realtime/socket-faults.js';
import { Subscription } from '../../platform/events/subscription.js';
import { EventFilters } from '../changes/event-filters.service.js';
import { validated } from '../../platform/schema/validate.js';
import type { Authenticated, Pong } from './live.dto.js';
import { Authenticate, Subscribe, SubscriptionName } from './live.dto.js';
import { assertEmpty, filterOf, inMessage } from './live.rules.js';

/** Maximum number of subscriptions per connection. */
const SUBSCRIPTIONS_MAX = 50;

/** The use cases behind the messages of a WebSocket connection. */
@Injectable()
export class LiveService {
  constructor(
    private readonly clients: LiveClients,
    private readonly feed: EventFeed,
    private readonly catchUp: CatchUp,
    private readonly faults: SocketFaults,
    private readonly filters: EventFilters,
  ) {}

  /** @throws Fault UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED */
  async authenticate(client: LiveClient, body: unknown): Promise<Authenticated> {
    const { token } = validated(Authenticate, body);
    const { userId, expiresAt } = await this.clients.authenticate(client, token);
    return { userId, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
  }

  /**
   * Starts a subscription. Past events, `subscribed` and new events follow asynchronously.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN, ALREADY_EXISTS, RULE_VIOLATED; an unknown project is reported later
   */
  subscribe(session: Session, client: LiveClient, body: unknown, answerTo: MessageId | undefined): void {
    const input = validated(Subscribe, body);
    this.filters.requireAccess(session);
    const { id, since = null } = input;
    if (client.subscriptions.has(id)) throw new Fault('ALREADY_EXISTS', `There is a subscription ${id} already.`);
    if (client.subscriptions.size >= SUBSCRIPTIONS_MAX) {
      throw new Fault('RULE_VIOLATED', `A connection may have ${SUBSCRIPTIONS_MAX} subscriptions.`);
    }
    const filter = filterOf(input);
    this.filters.requireTypes(filter);
    const subscription = new Subscription(id);
    client.subscriptions.set(id, subscription);
    const onLive = (cursor: string): void => client.say('subscribed', { id, cursor }, answerTo);
    // Not awaited: a long replay must not block the other messages of the client.
    this.filters
      .requirePlaces(session, filter)
      .then(() => this.catchUp.run({ client, session, subscription, filter, since, onLive }))
      .catch((error: unknown) => {
        if (client.subscriptions.get(id) === subscription) client.subscriptions.delete(id);
        this.faults.report(client, inMessage(error), answerTo, id);
      });
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  unsubscribe(client: LiveClient, body: unknown): SubscriptionName {
    const { id } = validated(SubscriptionName, body);
    if (!client.subscriptions.delete(id)) throw new Fault('NOT_FOUND', `There is no subscription ${id}.`);
    return { id };
  }

  /** @throws Fault VALIDATION_FAILED */
  ping(client: LiveClient, body: unknown): Pong {
    assertEmpty(body);
    return { cursor: this.feed.cursorOf(client) };
  }
}
