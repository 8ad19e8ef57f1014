import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ById } from '../../platform/operations/by-id.js';
import { Choice, Custom, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { OPERATIONS, TASK_EVENTS } from './audit.values.js';

const values = { type: 'object', additionalProperties: true, nullable: true } as const;

@Described('One changed record, as the trigger of its table recorded it.')
export class AuditEntry {
  @Uuid({ description: 'Unique id of the event.', readOnly: true, filters: ['equal'] })
  id: string;

  @Timestamp({ description: 'When the record was written.', readOnly: true, filters: ['range'], sortable: true })
  occurredAt: string;

  @Uuid({
    description: 'Team of the record; null where it belongs to none.',
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  teamId: string | null;

  @Uuid({
    description: 'Who wrote; null for background work and for what happens before a login.',
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  userId: string | null;

  @Text({ description: 'Database role that wrote.', max: 63, nullable: true, readOnly: true })
  actor: string | null;

  @Text({ description: 'Why background work ran.', max: 1_000, nullable: true, readOnly: true })
  reason: string | null;

  @Text({ description: 'Table of the record.', max: 63, readOnly: true, filters: ['equal'], example: 'tasks' })
  tableName: string;

  @Uuid({ description: 'The record, where its key is one UUID.', nullable: true, readOnly: true, filters: ['equal'] })
  recordId: string | null;

  @Custom(
    'json',
    {
      description: 'The key by name, where it is not one UUID.',
      nullable: true,
      readOnly: true,
      sql: 'app.wire_names(t.record_key)',
    },
    values,
    [],
  )
  recordKey: Record<string, unknown> | null;

  @Choice({ description: 'What was done.', values: OPERATIONS, readOnly: true, filters: ['equal'] })
  operation: string;

  @Custom(
    'json',
    {
      description: 'UPDATE: what changed, as it was. DELETE: the whole record. Secrets are `[secret]`.',
      nullable: true,
      readOnly: true,
      sql: 'app.wire_names(t.old_values)',
    },
    values,
    [],
  )
  before: Record<string, unknown> | null;

  @Custom(
    'json',
    {
      description: 'INSERT and UPDATE: the whole record as it became. Secrets are `[secret]`.',
      nullable: true,
      readOnly: true,
      sql: 'app.wire_names(t.new_values)',
    },
    values,
    [],
  )
  after: Record<string, unknown> | null;

  @Text({ description: 'Address that the request came from.', max: 50, nullable: true, readOnly: true })
  ipAddress: string | null;

  @Text({ description: 'Program that the request came from.', max: 512, nullable: true, readOnly: true })
  userAgent: string | null;

  @Uuid({ description: 'The login session or API key.', nullable: true, readOnly: true })
  sessionId: string | null;

  @Text({
    description: 'Identifier of the request that made the change, as in logs.',
    max: 64,
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  requestId: string | null;
}

interface TaskEventDependency {
  readonly id: string;
  readonly projectKey: string | null;
  readonly list: string | null;
  readonly ref: string | null;
  readonly title: string | null;
}

@Described('One change of a task, field by field, or of its dependencies or comments.')
export class TaskEvent {
  @Uuid({ description: 'Unique id of the event.', readOnly: true })
  id: string;

  @Timestamp({ description: 'When it happened.', readOnly: true })
  occurredAt: string;

  @Choice({ description: 'What happened.', values: TASK_EVENTS, readOnly: true })
  event: string;

  @Choice({ description: 'What was done to the row.', values: OPERATIONS, readOnly: true })
  operation: string;

  @Custom(
    'json',
    { description: 'Who did it; null for background work.', nullable: true, readOnly: true },
    {
      type: 'object',
      required: ['id', 'name'],
      properties: {
        id: { type: 'string', format: 'uuid', description: 'Identifier (UUID); it never changes.' },
        name: { type: 'string', nullable: true, description: 'Name that people see.' },
      },
    },
    [],
  )
  user: { readonly id: string; readonly name: string | null } | null;

  @Text({
    description: 'Identifier of the request that made the change, as in logs.',
    max: 64,
    nullable: true,
    readOnly: true,
  })
  requestId: string | null;

  @Custom(
    'json',
    {
      description: 'Of a dependency: the other task as it is now; only its id when it is gone.',
      nullable: true,
      readOnly: true,
    },
    {
      type: 'object',
      required: ['id', 'projectKey', 'list', 'ref', 'title'],
      properties: {
        id: { type: 'string', format: 'uuid', description: 'Identifier of the task.' },
        projectKey: { type: 'string', nullable: true, description: 'Key of its project.' },
        list: { type: 'string', nullable: true, description: 'Its list within the project.' },
        ref: { type: 'string', nullable: true, description: 'Its number within project and list.' },
        title: { type: 'string', nullable: true, description: 'What is to be done.' },
      },
    },
    [],
  )
  dependsOn: TaskEventDependency | null;

  @Custom(
    'json',
    {
      description: 'Of a comment: its id, and its text as it is now; no text when it is removed.',
      nullable: true,
      readOnly: true,
    },
    {
      type: 'object',
      required: ['id', 'content'],
      properties: {
        id: { type: 'string', format: 'uuid', description: 'Identifier of the comment.' },
        content: { type: 'string', nullable: true, description: 'What it says.' },
      },
    },
    [],
  )
  comment: { readonly id: string; readonly content: string | null } | null;

  @Custom(
    'json',
    {
      description:
        'The fields that changed; of a new task those that have a value. Empty for dependencies and comments.',
      readOnly: true,
    },
    {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'before', 'after'],
        properties: {
          field: { type: 'string', description: 'Name of the field.' },
          before: { description: 'Its value before; null when there was none.' },
          after: { description: 'Its value after; null when there is none.' },
        },
      },
    },
    [],
  )
  changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

@Described('A page of the history of a task.')
export class TaskHistory {
  @Property({ description: 'What happened, newest first.', type: () => [TaskEvent] })
  events: TaskEvent[];

  @Text({ description: 'Cursor of the next page; null on the last one.', max: 4_000, nullable: true })
  nextCursor: string | null;
}

/** The requested page of the history of a task. */
export class TaskHistoryQuery extends ById {
  @Integer({ description: 'Events per page.', min: 1, max: LIMIT_MAX, default: LIMIT_DEFAULT, optional: true })
  limit: number;

  @Text({ description: 'nextCursor of the page before.', max: 4_000, optional: true })
  cursor?: string;
}
