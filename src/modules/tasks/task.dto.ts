import { Described } from '../../platform/schema/description.js';
import {
  Choice,
  Custom,
  Decimal,
  Flag,
  Integer,
  JsonList,
  JsonObject,
  Text,
  TextList,
  Timestamp,
  Uuid,
} from '../../platform/schema/field.js';
import { Property } from '../../platform/schema/property.js';
import { PRIORITY_WORDS, RECURRENCES, STAGES, STATUSES, STATUS_WORDS } from './task.values.js';

/** Exported from the DTO, because other modules may not import this module's values directly. */
export { STATUSES };

export const REF_PATTERN = /^\d{1,9}(\.\d{1,9}){0,31}$/;
export const PROJECT_KEY_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const LIST_PATTERN = /^[A-Za-z0-9_-]{1,100}$/;

@Described('A piece of work: what is to be done, how far it is, who does it and where it belongs.')
export class Task {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team that the task belongs to; its members see it.', filters: [] })
  teamId: string;

  @Text({
    description: 'Key of the project.',
    max: 64,
    pattern: PROJECT_KEY_PATTERN,
    nullable: true,
    filters: ['equal'],
  })
  projectKey: string | null;

  @Text({
    description: 'List within the project (a "tag" of tasks.json).',
    max: 100,
    pattern: LIST_PATTERN,
    nullable: true,
    filters: ['equal'],
    sortable: true,
    example: 'master',
  })
  list: string | null;

  @Text({
    description: 'Public number within project and list, hierarchical; never reused.',
    max: 100,
    pattern: REF_PATTERN,
    nullable: true,
    readOnly: true,
    filters: ['equal'],
    sortable: true,
    sortBy: { column: 'ref_path', type: 'integer[]' },
    example: '15.2',
  })
  ref: string | null;

  @Text({
    description: 'What is to be done.',
    min: 1,
    max: 500,
    pattern: /\S/,
    patternMessage: 'title must not be blank',
    sortable: true,
    example: 'Add keyset pages',
  })
  title: string;

  @Text({ description: 'The task in a few sentences.', max: 100_000, nullable: true })
  description: string | null;

  @Text({ description: 'Implementation notes, Markdown.', max: 500_000, nullable: true })
  details: string | null;

  @Text({ description: 'How to tell that it is done.', max: 100_000, nullable: true })
  testStrategy: string | null;

  @Text({
    description: 'Kind of work, a word of your own.',
    min: 1,
    max: 50,
    default: 'general',
    filters: ['equal'],
    example: 'general',
  })
  type: string;

  @Choice({
    description: 'State of the work.',
    values: STATUSES,
    filters: ['equal'],
    words: STATUS_WORDS,
    sortable: true,
  })
  status: string;

  @Choice({
    description: 'Finer state: `review` with in_progress, `blocked` and `deferred` with pending.',
    values: STAGES,
    nullable: true,
    filters: ['equal'],
  })
  stage: string | null;

  @Flag({
    description: 'Whether the status is completed. Deprecated: for clients that know no status.',
    readOnly: true,
    sql: "(t.status = 'completed')",
  })
  completed: boolean;

  @Integer({
    description: 'Priority, 0 lowest to 10 highest.',
    min: 0,
    max: 10,
    default: 0,
    filters: ['equal', 'range'],
    words: PRIORITY_WORDS,
    sortable: true,
  })
  priority: number;

  @Integer({
    description: 'Complexity, 1 simple to 10 very complex.',
    min: 1,
    max: 10,
    default: 5,
    filters: ['equal', 'range'],
    sortable: true,
  })
  complexityScore: number;

  @JsonList({
    description: 'Files the task touches: paths, or objects with path, description and action.',
    maxItems: 1_000,
  })
  affectedFiles: unknown[];

  @JsonList({ description: 'Requirements to meet.', maxItems: 1_000 })
  requirements: unknown[];

  @JsonList({ description: 'Criteria by which the result is accepted.', maxItems: 1_000 })
  acceptanceCriteria: unknown[];

  @TextList({ description: 'Labels.', maxItems: 100, maxLength: 100, filters: ['contains'] })
  tags: string[];

  @Uuid({
    description: 'Task that this one is a subtask of; same team, project and list.',
    nullable: true,
    filters: ['equal'],
  })
  parentTaskId: string | null;

  @Uuid({ description: 'User who does it; a member of the team.', nullable: true, filters: ['equal'] })
  assigneeId: string | null;

  @Text({
    description: 'Who does it, as free text; resolved to assigneeId when it names a member.',
    max: 255,
    nullable: true,
    filters: ['equal'],
  })
  assignedTo: string | null;

  @Uuid({ description: 'User who created it.', nullable: true, readOnly: true, filters: ['equal'] })
  createdBy: string | null;

  @Decimal({ description: 'Estimated effort in hours.', min: 0, max: 999_999.99, decimals: 2, nullable: true })
  estimatedHours: number | null;

  @Decimal({ description: 'Actual effort in hours.', min: 0, max: 999_999.99, decimals: 2, nullable: true })
  actualHours: number | null;

  @Timestamp({ description: 'When it is due.', nullable: true, filters: ['range'], sortable: true })
  dueDate: string | null;

  @Timestamp({ description: 'When to remind the assignee.', nullable: true, filters: ['range'] })
  remindAt: string | null;

  @Choice({ description: 'How it repeats.', values: RECURRENCES, default: 'none' })
  recurrencePattern: string;

  @Integer({ description: 'Every how many days, weeks or months it repeats.', min: 1, max: 1_000, default: 1 })
  recurrenceInterval: number;

  @Timestamp({ description: 'When it repeats next.', nullable: true, readOnly: true })
  nextOccurrence: string | null;

  @JsonObject({ description: 'Data of your own; kept as it is.' })
  metadata: Record<string, unknown>;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;

  @Timestamp({ description: 'When it was in progress for the first time.', nullable: true, readOnly: true })
  startedAt: string | null;

  @Timestamp({
    description: 'When it was completed.',
    nullable: true,
    readOnly: true,
    filters: ['range'],
    sortable: true,
  })
  completedAt: string | null;

  @Timestamp({ description: 'When it was deleted; deleted tasks can be restored.', nullable: true, readOnly: true })
  deletedAt: string | null;
}

@Described('Who a task is assigned to.')
export class Assignee {
  @Property({ description: 'Identifier of the user.', type: 'string', format: 'uuid' })
  id: string;

  @Property({ description: 'Name of the user.', type: 'string' })
  name: string;
}

@Described('A task with what `expand` adds.')
export class ExpandedTask extends Task {
  @Custom(
    'json',
    {
      description: 'User who does it, with `expand=assignee`; null without one.',
      nullable: true,
      optional: true,
      readOnly: true,
      sql: `(
      select json_build_object('id', u.id, 'name', u.name)
      from public.users u
      where u.id = t.assignee_id
    )`,
    },
    { type: () => Assignee },
    [],
  )
  assignee?: Assignee | null;
}
