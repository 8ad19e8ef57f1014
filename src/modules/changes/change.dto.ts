import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { Choice, Custom, Integer, Text, TextList, Timestamp, Uuid } from '../../platform/schema/field.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';

const data = {
  type: 'object',
  additionalProperties: true,
  properties: {
    changes: {
      type: 'object',
      description: 'Of a change: each changed field.',
      additionalProperties: {
        type: 'object',
        required: ['from', 'to'],
        properties: {
          from: { nullable: true, description: 'As it was.' },
          to: { nullable: true, description: 'As it is since.' },
        },
      },
    },
  },
} as never;

@Described('One event as a CloudEvent 1.0 in structured JSON.')
export class Change {
  @Text({ description: 'Cursor of this event: `since` of what comes after it.', max: 64 })
  cursor: string;

  @Choice({ description: 'Version of the CloudEvents specification.', values: ['1.0'] })
  specversion: string;

  @Uuid({ description: 'The same for every delivery of the event, so that receivers can skip repeats.' })
  id: string;

  @Choice({ description: 'Where it comes from.', values: ['/taskmaster'] })
  source: string;

  @Text({ description: 'What happened.', max: 100, example: 'task.status_changed' })
  type: string;

  @Text({
    description: 'What it happened to: `tasks/<id>`, `tasks/<id>/comments/<id>`, `projects/<id>`, `validations/<id>` …',
    max: 200,
  })
  subject: string;

  @Timestamp({ description: 'When it was written.' })
  time: string;

  @Choice({ description: 'Media type of data.', values: ['application/json'] })
  datacontenttype: string;

  @Uuid({ description: 'Team that it belongs to.', optional: true })
  teamid?: string;

  @Text({ description: 'Key of the project.', max: 64, optional: true })
  projectkey?: string;

  @Uuid({ description: 'Task that it is about.', optional: true })
  taskid?: string;

  @Uuid({ description: 'User who did it; left out for background work.', optional: true })
  actorid?: string;

  @Custom(
    'json',
    {
      description:
        'The resource as its own route answers it, as far as its row holds it, after the change; of what was deleted as it was last.',
    },
    data,
    [],
  )
  data: Record<string, unknown>;
}

const WAIT_MAX = 30;

/** Which events to return, and from which position. */
export class ChangesQuery {
  @Text({
    description:
      '`nextCursor` of the page before, `cursor` of an event, a time (ISO 8601), or `now`. Left out: from the oldest event that is kept.',
    max: 64,
    optional: true,
  })
  since?: string;

  @Integer({ description: 'Events per page.', min: 1, max: LIMIT_MAX, default: LIMIT_DEFAULT, optional: true })
  limit: number;

  @TextList({
    description: 'Comma list of types; `task.*` is all of a kind.',
    maxItems: 50,
    maxLength: 100,
    pattern: /^[a-z_]+\.(\*|[a-z_]+)$/,
    example: ['task.*'],
    optional: true,
  })
  types?: string[];

  @Text({ description: 'Only of projects with this key.', max: 64, pattern: PROJECT_KEY_PATTERN, optional: true })
  projectKey?: string;

  @Uuid({ description: 'Only about this task.', optional: true })
  taskId?: string;

  @Integer({
    description: 'Seconds to wait for an event when there is none.',
    min: 0,
    max: WAIT_MAX,
    default: 0,
    optional: true,
  })
  wait: number;
}

@Described('A page of events.')
export class ChangePage {
  @Property({ description: 'What happened, in order.', type: () => [Change] })
  events: Change[];

  @Text({ description: 'The next `since`, also of an empty page.', max: 64 })
  nextCursor: string;
}
