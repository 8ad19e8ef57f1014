import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ById } from '../../platform/operations/by-id.js';
import { Choice, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { DELIVERY_STATUSES, REPLAYED } from './webhook.values.js';

export type Replayed = (typeof REPLAYED)[number];

@Described('The delivery of one event to one webhook.')
export class WebhookDelivery {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Webhook that the event is sent to.', readOnly: true })
  webhookId: string;

  @Uuid({
    description: 'The event: `webhook-id` of every attempt, by which a receiver knows what it has had already.',
    readOnly: true,
    filters: ['equal'],
  })
  eventId: string;

  @Text({ description: 'Type of the event.', max: 100, readOnly: true, filters: ['equal'] })
  eventType: string;

  @Uuid({ description: 'The record that the event is about.', nullable: true, readOnly: true, filters: ['equal'] })
  recordId: string | null;

  @Choice({
    description: 'How far the delivery is.',
    values: DELIVERY_STATUSES,
    readOnly: true,
    filters: ['equal'],
  })
  status: (typeof DELIVERY_STATUSES)[number];

  @Integer({
    description: 'Attempts since it was made, or since its last replay.',
    min: 0,
    max: 2_147_483_647,
    readOnly: true,
  })
  attemptCount: number;

  @Timestamp({ description: 'When it is tried next.', nullable: true, readOnly: true })
  nextAttemptAt: string | null;

  @Integer({ description: 'HTTP status of the last answer.', min: 100, max: 999, nullable: true, readOnly: true })
  responseStatus: number | null;

  @Text({
    description:
      'Why the last attempt failed: `status` (the answer was not 2xx), `refused` (the URL leads to no public address), `unresolved`, `unreachable`, `insecure` (TLS), `timeout`, `broken`; or why it was given up: `disabled`, `owner`, `expired` (the event is not kept any more).',
    max: 50,
    nullable: true,
    readOnly: true,
  })
  error: string | null;

  @Timestamp({ description: 'When it was made.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true })
  updatedAt: string;

  @Timestamp({ description: 'When it succeeded.', nullable: true, readOnly: true })
  deliveredAt: string | null;
}

@Described('The outcome of one attempt to deliver an event.')
export class WebhookAttempt {
  @Integer({ description: 'Its number, over all replays.', min: 1, max: 2_147_483_647, readOnly: true })
  number: number;

  @Timestamp({ description: 'When it began.', readOnly: true })
  startedAt: string;

  @Integer({ description: 'Milliseconds that it took.', min: 0, max: 2_147_483_647, readOnly: true })
  durationMs: number;

  @Integer({ description: 'HTTP status of the answer.', min: 100, max: 999, nullable: true, readOnly: true })
  responseStatus: number | null;

  @Text({
    description: 'The beginning of the answer, without what looks like a secret.',
    max: 1_024,
    nullable: true,
    readOnly: true,
  })
  responseExcerpt: string | null;

  @Text({ description: 'Why it failed.', max: 50, nullable: true, readOnly: true })
  error: string | null;
}

@Described('A delivery with its latest attempts.')
export class WebhookDeliveryLog extends WebhookDelivery {
  @Property({ type: () => [WebhookAttempt], description: 'The last 100 attempts, the newest first.' })
  attempts: WebhookAttempt[];
}

@Described('Which events to send to a webhook again.')
export class ReplayRequest {
  @Text({ description: 'After this cursor of an event; this or sinceTime.', max: 100, optional: true })
  since?: string;

  @Timestamp({ description: 'From this moment on; this or since.', optional: true })
  sinceTime?: string;

  @Choice({
    description:
      '`missing`: events that no delivery was made for, and deliveries that were given up; `dead`: only the latter; `all`: those that succeeded too.',
    values: REPLAYED,
    default: 'missing',
    optional: true,
  })
  deliveries?: Replayed;
}

@Described('How many events a replay has scheduled, and whether more are left.')
export class Replay {
  @Integer({ description: 'Deliveries that are sent now.', min: 0, max: 1_000, readOnly: true })
  queued: number;

  @Text({ description: 'Where the next replay goes on: `since` of the next request.', max: 100, readOnly: true })
  nextCursor: string;

  @Property({ type: 'boolean', description: 'Whether there are events behind nextCursor.' })
  hasMore: boolean;
}

/** The address of a delivery in a path. */
export class DeliveryAddress extends ById {
  @Uuid({ description: 'Identifier of the delivery.' })
  deliveryId: string;
}
