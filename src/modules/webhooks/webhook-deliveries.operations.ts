import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { DeliveryAddress, Replay, ReplayRequest, WebhookDelivery, WebhookDeliveryLog } from './webhook-delivery.dto.js';
import { WEBHOOKS_READ, WEBHOOKS_WRITE, deliveryListRules } from './webhook.rules.js';

const OF_WEBHOOK = { id: 'webhookId' };
const OF_DELIVERY = { id: 'webhookId', deliveryId: 'id' };

/** An operation that queues a delivery; the answer does not wait for it (202). */
const SENDING = { kind: 'action', permission: WEBHOOKS_WRITE, versioned: false } as const;

@Operations('webhooks')
export class WebhookDeliveriesOperations {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Operation({
    summary: 'List the deliveries of a webhook',
    kind: 'list',
    permission: WEBHOOKS_READ,
    params: ById,
    list: deliveryListRules,
    returns: [WebhookDelivery],
    faults: ['NOT_FOUND'],
    rest: 'GET /webhooks/{id}/deliveries',
    graphql: { field: 'webhookDeliveries', arguments: OF_WEBHOOK },
  })
  listWebhookDeliveries({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.deliveries.list(session, params.id, list);
  }

  @Operation({
    summary: 'Get a delivery with its attempts',
    kind: 'read',
    permission: WEBHOOKS_READ,
    params: DeliveryAddress,
    returns: WebhookDeliveryLog,
    faults: ['NOT_FOUND'],
    rest: 'GET /webhooks/{id}/deliveries/{deliveryId}',
    graphql: { field: 'webhookDelivery', arguments: OF_DELIVERY },
  })
  getWebhookDelivery({ session, params }: Call<DeliveryAddress>): Promise<Result> {
    return this.deliveries.get(session, params.id, params.deliveryId);
  }

  @Operation({
    ...SENDING,
    summary: 'Send a delivery again, with the same webhook-id',
    message: 'Delivery queued again',
    params: DeliveryAddress,
    returns: WebhookDelivery,
    faults: ['NOT_FOUND', 'CONFLICT'],
    rest: { route: 'POST /webhooks/{id}/deliveries/{deliveryId}/replay', status: 202 },
    graphql: { field: 'replayWebhookDelivery', arguments: OF_DELIVERY },
  })
  replayWebhookDelivery({ session, params }: Call<DeliveryAddress>): Promise<Result> {
    return this.deliveries.replay(session, params.id, params.deliveryId);
  }

  @Operation({
    ...SENDING,
    summary: 'Send events from a cursor or a moment on again',
    message: 'Events queued again',
    description:
      'Up to 1,000 events that the webhook wants and you may see; nextCursor tells where the next request goes on. Events are kept for some days.',
    params: ById,
    input: ReplayRequest,
    returns: Replay,
    faults: ['NOT_FOUND', 'CONFLICT', 'CURSOR_EXPIRED'],
    rest: { route: 'POST /webhooks/{id}/replay', status: 202 },
    graphql: { field: 'replayWebhook', arguments: OF_WEBHOOK },
  })
  async replayWebhook({ session, params, input }: Call<ById>): Promise<Result> {
    return json(await this.deliveries.replaySince(session, params.id, input));
  }

  @Operation({
    ...SENDING,
    summary: 'Send a test',
    message: 'Test queued',
    description:
      'An event of the type `webhook.test`, signed like all others and tried once, also while the webhook is disabled. What came of it is in its delivery.',
    params: ById,
    returns: WebhookDelivery,
    faults: ['NOT_FOUND'],
    rest: { route: 'POST /webhooks/{id}/test', status: 202 },
    graphql: { field: 'testWebhook', arguments: OF_WEBHOOK },
  })
  testWebhook({ session, params }: Call<ById>): Promise<Result> {
    return this.deliveries.test(session, params.id);
  }
}
