import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import type { Replay as Begun } from './webhook-delivery.dto.js';
import { Replay, ReplayRequest, WebhookDelivery, WebhookDeliveryLog } from './webhook-delivery.dto.js';
import { NewWebhook, SecretRotation, ShownWebhook, Webhook, WebhookPatch } from './webhook.dto.js';
import { deliveryListRules, webhookListRules } from './webhook.rules.js';
import type { MadeWebhook } from './webhooks.service.js';
import { WebhooksService } from './webhooks.service.js';

const READS = ['tasks:read', 'webhooks:read'] as const;
const WRITES = ['tasks:write', 'webhooks:write'] as const;
const OF_WEBHOOK = ids('webhookId');
const DELIVERY = ids('webhookId', 'id');

async function shown(call: Call, made: Promise<MadeWebhook>): Promise<Row> {
  const { data, secret } = await made;
  return { ...(await call.value(ShownWebhook, data)), secret };
}

@Resolver()
export class WebhooksResolver {
  constructor(
    private readonly service: WebhooksService,
    private readonly deliveries: WebhookDeliveriesService,
  ) {}

  @Reads(READS, 'A webhook.', { returns: Webhook, args: ID_ARGUMENT })
  webhook(call: Call): Promise<Row> {
    return call.row(Webhook, this.service.get(call.session, call.id, call.columns(Webhook)));
  }

  @Lists(READS, 'Webhooks of the teams that you manage, or of all your teams.', webhookListRules)
  webhooks(call: Call): Promise<Connection> {
    return call.page(Webhook, this.service.list(call.session, call.list(webhookListRules)));
  }

  @Writes(WRITES, 'Makes a webhook; its secret is shown once.', {
    returns: ShownWebhook,
    args: inputOf(NewWebhook),
    kind: 'create',
  })
  createWebhook(call: Call): Promise<Row> {
    return shown(call, this.service.create(call.session, call.input));
  }

  @Writes(WRITES, 'Changes a webhook: what is named is set, null resets. Whoever changes it owns it from then on.', {
    returns: Webhook,
    args: { ...ID_ARGUMENT, ...inputOf(WebhookPatch) },
    kind: 'update',
  })
  updateWebhook(call: Call): Promise<Row> {
    return call.row(Webhook, this.service.patch(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes(WRITES, 'Deletes a webhook with its secrets and its log.', {
    returns: null,
    args: ID_ARGUMENT,
    kind: 'update',
  })
  deleteWebhook(call: Call): Promise<true> {
    return call.done(this.service.remove(call.session, call.id, call.ifMatch));
  }

  @Writes(WRITES, 'Gives a webhook a new secret; it is shown once.', {
    returns: ShownWebhook,
    args: { ...ID_ARGUMENT, ...inputOf(SecretRotation, false) },
    kind: 'create',
  })
  rotateWebhookSecret(call: Call): Promise<Row> {
    return shown(call, this.service.rotate(call.session, call.id, call.input));
  }

  @Lists(READS, 'The deliveries of a webhook.', deliveryListRules, OF_WEBHOOK)
  webhookDeliveries(call: Call): Promise<Connection> {
    const webhookId = call.uuid('webhookId');
    return call.page(WebhookDelivery, this.deliveries.list(call.session, webhookId, call.list(deliveryListRules)));
  }

  @Reads(READS, 'A delivery with its attempts.', { returns: WebhookDeliveryLog, args: DELIVERY })
  webhookDelivery(call: Call): Promise<Row> {
    return call.row(WebhookDeliveryLog, this.deliveries.get(call.session, call.uuid('webhookId'), call.id));
  }

  @Writes(WRITES, 'Sends a delivery again, with the same webhook-id.', {
    returns: WebhookDelivery,
    args: DELIVERY,
    kind: 'create',
  })
  replayWebhookDelivery(call: Call): Promise<Row> {
    return call.row(WebhookDelivery, this.deliveries.replay(call.session, call.uuid('webhookId'), call.id));
  }

  @Writes(WRITES, 'Sends events from a cursor or a moment on again.', {
    returns: Replay,
    args: { ...OF_WEBHOOK, ...inputOf(ReplayRequest) },
    kind: 'create',
  })
  replayWebhook(call: Call): Promise<Begun> {
    return this.deliveries.replaySince(call.session, call.uuid('webhookId'), call.input);
  }

  @Writes(WRITES, 'Sends a test, once, also while the webhook is disabled.', {
    returns: WebhookDelivery,
    args: OF_WEBHOOK,
    kind: 'create',
  })
  testWebhook(call: Call): Promise<Row> {
    return call.row(WebhookDelivery, this.deliveries.test(call.session, call.uuid('webhookId')));
  }
}
