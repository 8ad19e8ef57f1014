import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { EventCatalogue } from '../../platform/events/event-catalogue.js';
import { EventStream } from '../../platform/events/event-stream.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import type { Replay } from './webhook-delivery.dto.js';
import type { DeliveryRow } from './webhook-delivery.queries.js';
import {
  deliveriesOf,
  getDelivery,
  getDeliveryLog,
  insertTest,
  replayDelivery,
  replayEvents,
} from './webhook-delivery.queries.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import type { WebhookRow } from './webhook.queries.js';
import { lockWebhook } from './webhook.queries.js';
import { TEST_TYPE, replayOf } from './webhook.rules.js';
import { WebhooksService } from './webhooks.service.js';

/** Maximum number of events that one request replays. The answer contains the cursor to continue from. */
const REPLAY_MAX = 1_000;
const NO_DELIVERY = 'There is no such delivery.';

/** The use cases of deliveries: the log, tests and replays. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    private readonly catalogue: EventCatalogue,
    private readonly webhooks: WebhooksService,
    private readonly dispatcher: WebhookDispatcher,
  ) {}

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async list(session: Session, webhookId: string, request: ListRequest): Promise<ListPage> {
    const types = request.filters.find(({ name }) => name === 'eventType')?.values ?? [];
    this.catalogue.requireTypes(types.map(String), 'eventType', [TEST_TYPE]);
    const { teamId } = await this.webhooks.get(session, webhookId);
    return runList(this.database, session, request, deliveriesOf(teamId, webhookId));
  }

  /** A delivery with its latest attempts. @throws Fault NOT_FOUND */
  async get(session: Session, webhookId: string, id: string): Promise<DeliveryRow> {
    return found(await this.database.search(session, getDeliveryLog(webhookId, id)));
  }

  /** Sends a test event once, even to a disabled webhook. @throws Fault NOT_FOUND, FORBIDDEN */
  async test(session: Session, webhookId: string): Promise<DeliveryRow> {
    return this.#send(session, webhookId, false, async (tx, { teamId }) => {
      const [made] = await tx.run(insertTest(teamId, webhookId, TEST_TYPE));
      return found(await tx.run(getDelivery(webhookId, made?.id ?? '')));
    });
  }

  /** Sends one delivery again, whatever its status. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT (disabled) */
  async replay(session: Session, webhookId: string, id: string): Promise<DeliveryRow> {
    return this.#send(session, webhookId, true, async (tx) => {
      await tx.run(getDelivery(webhookId, id)).then(found);
      const [begun] = await tx.run(replayDelivery(webhookId, id));
      if (!begun) throw new Fault('FORBIDDEN');
      return found(await tx.run(getDelivery(webhookId, id)));
    });
  }

  /**
   * Sends the events after a cursor or time again, as far as the caller may see them.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, CONFLICT (disabled), CURSOR_EXPIRED
   */
  async replaySince(session: Session, webhookId: string, body: unknown): Promise<Replay> {
    const { since, sinceTime, deliveries = 'missing' } = replayOf(body);
    const { eventTypes, projectKey } = await this.webhooks.get(session, webhookId);
    const from = since ?? (await this.stream.cursorAt(sinceTime ?? ''));
    const page = await this.stream.page(session, from, REPLAY_MAX, {
      ...(eventTypes.includes('*') ? {} : { types: eventTypes }),
      ...(projectKey === null ? {} : { projectKey }),
    });
    return this.#send(session, webhookId, true, async (tx, { teamId }) => {
      // The feed of an admin contains the events of every team.
      const events = page.events.filter((event) => event.teamId === teamId);
      const begun = await tx.run(replayEvents(teamId, webhookId, events, deliveries));
      return { queued: begun.length, nextCursor: page.nextCursor, hasMore: page.hasMore };
    });
  }

  /** Creates deliveries and wakes the dispatcher after the commit. The dispatcher creates their jobs. */
  async #send<T>(
    session: Session,
    webhookId: string,
    mustBeEnabled: boolean,
    work: (tx: Tx, webhook: WebhookRow) => Promise<T>,
  ): Promise<T> {
    const { isEnabled } = await this.webhooks.get(session, webhookId);
    if (mustBeEnabled && !isEnabled) throw new Fault('CONFLICT', 'The webhook is disabled.');
    const result = await this.database.write(session, async (tx) => {
      const [webhook] = await tx.run(lockWebhook(webhookId));
      if (!webhook) throw new Fault('FORBIDDEN');
      return work(tx, webhook);
    });
    this.dispatcher.wake();
    return result;
  }
}

function found([row]: readonly DeliveryRow[]): DeliveryRow {
  if (!row) throw new Fault('NOT_FOUND', NO_DELIVERY);
  return row;
}
