import { Described } from '../../platform/schema/description.js';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, Matches, MaxLength } from 'class-validator';
import { Choice, Custom, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import type { DisabledReason } from './webhook.values.js';
import { DISABLED_REASONS } from './webhook.values.js';

const DAY = 24 * 60 * 60;
export const OVERLAP_DEFAULT = DAY;
const OVERLAP_MAX = 30 * DAY;
const TYPES_MAX = 50;
const EVENT_TYPE = /^(\*|[a-z_]{1,50}\.(\*|[a-z_]{1,50}))$/;

const url = {
  description: 'Where events are sent: https:// to a host of the public Internet.',
  max: 2_048,
  min: 1,
  example: 'https://example.com/hooks/taskmaster',
};
const projectKey = { description: 'Only events of this project; null: of the whole team.', max: 64, nullable: true };
const description = { description: 'What it is for.', max: 500, nullable: true };

const EVERY_TYPE = ['*'];

function EventTypes(more: { readonly optional?: boolean; readonly default?: readonly string[] }): PropertyDecorator {
  return Custom(
    'texts',
    {
      description: 'Which events: types such as `task.created`, all of one kind (`task.*`), or `*` for all.',
      example: ['task.*', 'validation.status_changed'],
      ...more,
    },
    {
      type: 'array',
      items: { type: 'string', pattern: EVENT_TYPE.source, maxLength: 101 },
      minItems: 1,
      maxItems: TYPES_MAX,
    },
    [
      IsArray(),
      ArrayMinSize(1),
      ArrayMaxSize(TYPES_MAX),
      ArrayUnique(),
      MaxLength(101, { each: true }),
      Matches(EVENT_TYPE, { each: true, message: 'each type must be *, or like task.created or task.*' }),
    ],
  );
}

@Described('A receiver of the events of a team.')
export class Webhook {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'The team whose events it is sent.', readOnly: true, filters: ['equal'] })
  teamId: string;

  @Uuid({
    description: 'Who made it or changed it last: it is sent what this person may see.',
    readOnly: true,
    nullable: true,
    filters: ['equal'],
  })
  ownerId: string | null;

  @Text(url)
  url: string;

  @Text(description)
  description: string | null;

  @EventTypes({ default: EVERY_TYPE })
  eventTypes: string[];

  @Text({ ...projectKey, filters: ['equal'] })
  projectKey: string | null;

  @Flag({
    description: 'Whether events are sent. What happens while they are not is not sent later, unless it is replayed.',
    filters: ['equal'],
    default: true,
  })
  isEnabled: boolean;

  @Choice({
    description: 'Why it is disabled; null while it is not.',
    values: DISABLED_REASONS,
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  disabledReason: DisabledReason | null;

  @Timestamp({ description: 'When it was disabled.', nullable: true, readOnly: true })
  disabledAt: string | null;

  @Integer({
    description: 'Attempts that have failed since the last success.',
    min: 0,
    max: 2_147_483_647,
    readOnly: true,
  })
  failureCount: number;

  @Timestamp({ description: 'Since when every attempt has failed.', nullable: true, readOnly: true })
  failingSince: string | null;

  @Timestamp({ description: 'The last success, to some seconds.', nullable: true, readOnly: true })
  lastDeliveredAt: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

const SECRET = {
  description:
    'The key that deliveries are signed with (Standard Webhooks). Shown once; null when the answer is repeated (Idempotency-Key) or rehearsed (dryRun).',
  max: 100,
  nullable: true,
  readOnly: true,
};

@Described('A webhook directly after its creation or the rotation of its secret. No other answer contains the secret.')
export class ShownWebhook extends Webhook {
  @Text(SECRET)
  secret: string | null;
}

@Described('A webhook to create.')
export class NewWebhook {
  @Uuid({ description: 'The team; left out: your default one.', optional: true })
  teamId?: string;

  @Text(url)
  url: string;

  @Text({ ...description, optional: true })
  description?: string | null;

  @EventTypes({ optional: true, default: EVERY_TYPE })
  eventTypes?: string[];

  @Text({ ...projectKey, optional: true })
  projectKey?: string | null;

  @Flag({ description: 'Whether events are sent.', default: true, optional: true })
  isEnabled?: boolean;
}

@Described('A change of a webhook: a JSON merge patch (RFC 7396), in which null resets a field.')
export class WebhookPatch {
  @Text({ ...url, optional: true })
  url?: string;

  @Text({ ...description, optional: true })
  description?: string | null;

  @EventTypes({ optional: true })
  eventTypes?: string[];

  @Text({ ...projectKey, optional: true })
  projectKey?: string | null;

  @Flag({ description: 'Whether events are sent; true starts again after it was disabled.', optional: true })
  isEnabled?: boolean;
}

@Described('Options for the rotation of the secret of a webhook.')
export class SecretRotation {
  @Integer({
    description: 'Seconds that deliveries carry a signature with the old secret too.',
    min: 0,
    max: OVERLAP_MAX,
    default: OVERLAP_DEFAULT,
    optional: true,
  })
  overlapSeconds?: number;
}
