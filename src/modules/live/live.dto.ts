import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches, MaxLength } from 'class-validator';
import { Problem } from '../../platform/http/envelope.dto.js';
import { Custom, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { Change } from '../changes/change.dto.js';

const TYPES_MAX = 50;
const TYPE_MAX = 64;
const TYPE = /^[a-z_]+\.([a-z_]+|\*)$/;
const SUBSCRIPTION = { description: 'Name that you give the subscription; unique on the connection.', max: 64, min: 1 };
const CURSOR = { max: 64, example: 'mZ0yrcYT0bVh5nPzTz2Y4w' };

@Described('The message `authenticate`: the credential of the connection.')
export class Authenticate {
  @Text({ description: 'An access token or an API key.', min: 1, max: 4096 })
  token: string;
}

@Described('The message `authenticated`: the credential is valid.')
export class Authenticated {
  @Uuid({ description: 'Who you are.' })
  userId: string;

  @Timestamp({
    description: 'When the credential ends, and the connection with it unless a newer one is sent; null: never.',
    nullable: true,
  })
  expiresAt: string | null;
}

@Described('The message `subscribe`: which events to send.')
export class Subscribe {
  @Text({ ...SUBSCRIPTION, example: 'board' })
  id: string;

  @Text({ description: 'Only events of this project: its key or id.', optional: true, max: 100, example: 'website' })
  projectKey?: string;

  @Uuid({ description: 'Only events of this task.', optional: true })
  taskId?: string;

  @Custom(
    'texts',
    { description: 'Only events of these types; `task.*` for all of a kind.', optional: true, example: ['task.*'] },
    {
      type: 'array',
      items: { type: 'string', maxLength: TYPE_MAX, pattern: TYPE.source },
      minItems: 1,
      maxItems: TYPES_MAX,
    },
    [
      IsArray(),
      ArrayMinSize(1),
      ArrayMaxSize(TYPES_MAX),
      IsString({ each: true }),
      MaxLength(TYPE_MAX, { each: true }),
      Matches(TYPE, { each: true, message: 'types must be names such as task.created or task.*' }),
    ],
  )
  types?: string[];

  @Text({
    description:
      'Cursor of the last event you have, or a time (ISO 8601): what has happened since comes first. Left out: from now on.',
    optional: true,
    ...CURSOR,
  })
  since?: string;
}

@Described('The message `subscribed`: the subscription is live.')
export class Subscribed {
  @Text({ ...SUBSCRIPTION, example: 'board' })
  id: string;

  @Text({ description: 'Everything before it has been sent; to go on from here, subscribe since it.', ...CURSOR })
  cursor: string;
}

@Described('The messages `unsubscribe` and `unsubscribed`: which subscription ends.')
export class SubscriptionName {
  @Text({ ...SUBSCRIPTION, example: 'board' })
  id: string;
}

/** `ping`: has no fields. */
@Described('The message `ping`: has no fields.')
export class Ping {}

@Described('The message `pong`: the connection is alive.')
export class Pong {
  @Text({
    description: 'Everything you listen to before it has been sent; null while that cannot be said.',
    nullable: true,
    ...CURSOR,
  })
  cursor: string | null;
}

@Described('The message `event`: something has happened.')
export class LiveEvent {
  @Custom(
    'texts',
    { description: 'Your subscriptions that it is for.', example: ['board'] },
    { type: 'array', items: { type: 'string' } },
    [IsArray()],
  )
  ids: string[];

  @Text({ description: 'Keep the last one: `subscribe` since it goes on after this event.', ...CURSOR })
  cursor: string;

  @Property({ description: 'What happened; its `id` recognises an event that comes twice.', type: () => Change })
  event: Change;
}

@Described('The message `error`: a message was refused, or a subscription has ended.')
export class LiveProblem extends Problem {
  @Property({ description: 'The subscription that has ended with it.', required: false, type: 'string' })
  subscription?: string;
}
