import { Described } from '../../platform/schema/description.js';
import { Choice, Custom, Decimal, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { VALIDATION_STATUSES, VALIDATION_TYPES } from './validation.values.js';

/** Exported from the DTO, because other modules may not import this module's values directly. */
export { VALIDATION_STATUSES, VALIDATION_TYPES };

const INTEGER_MAX = 2_147_483_647;

const count = (description: string): object => ({ type: 'integer', minimum: 0, description });

@Described('The result of one run of one tool that checked a task.')
export class Validation {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team of the task; its members see it.', readOnly: true })
  teamId: string;

  @Uuid({ description: 'Task that was checked; cannot be changed.', filters: ['equal'] })
  taskId: string;

  @Text({
    description: 'Project of the task.',
    max: 64,
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  projectKey: string | null;

  @Choice({
    description: 'What was checked; cannot be changed.',
    values: VALIDATION_TYPES,
    filters: ['equal'],
    sortable: true,
  })
  validationType: string;

  @Choice({
    description:
      'How far it is. From `queued` to `running` or any end, from `running` to any end: `passed`, `failed`, `warning`, `error`, `skipped`, `cancelled`, `timed_out`. An end is left by a retry alone.',
    values: VALIDATION_STATUSES,
    default: 'queued',
    filters: ['equal'],
    sortable: true,
  })
  validationStatus: string;

  @Decimal({
    description: 'Score that the tool gave, from 0 (worst) to 100 (best).',
    min: 0,
    max: 100,
    decimals: 2,
    nullable: true,
    filters: ['range'],
    sortable: true,
  })
  validationScore: number | null;

  @JsonObject({ description: 'What the tool reported, in its own words.', default: {} })
  validationData: Record<string, unknown>;

  @Text({
    description: 'Version of Claude Code that did the work.',
    max: 50,
    nullable: true,
    filters: ['equal'],
  })
  claudeCodeVersion: string | null;

  @JsonObject({ description: 'Where it ran: machine, versions, settings.', default: {} })
  validationEnvironment: Record<string, unknown>;

  @Text({
    description:
      'Tool that checked. A gate judges the latest result of each tool; findings are compared with those of the same tool.',
    max: 255,
    nullable: true,
    filters: ['equal'],
  })
  toolName: string | null;

  @Text({
    description: 'Commit that was checked, in full or shortened.',
    max: 64,
    pattern: /^[0-9a-f]{7,64}$/,
    nullable: true,
    filters: ['equal'],
  })
  commitSha: string | null;

  @Text({ description: 'Branch that was checked.', max: 255, nullable: true, filters: ['equal'] })
  branch: string | null;

  @Text({
    description: 'Your own id of this result. It is recorded once per task, type and external id.',
    min: 1,
    max: 255,
    nullable: true,
    filters: ['equal'],
  })
  externalId: string | null;

  @Text({
    description: 'Page with more about it.',
    max: 2_048,
    pattern: /^https?:\/\/\S+$/,
    patternMessage: 'detailsUrl must be an http or https URL',
    nullable: true,
  })
  detailsUrl: string | null;

  @Integer({
    description: 'Attempt that this is: one more than there were retries.',
    min: 1,
    max: INTEGER_MAX,
    readOnly: true,
  })
  attempt: number;

  @Integer({ description: 'Times it was tried again.', min: 0, max: 1_000_000, default: 0, filters: ['range'] })
  retryCount: number;

  @Timestamp({
    description: 'When it started; by default when it is recorded or becomes `running`.',
    nullable: true,
    filters: ['range'],
    sortable: true,
  })
  startedAt: string | null;

  @Timestamp({
    description: 'When it ended; by default when an end is recorded.',
    nullable: true,
    filters: ['range'],
    sortable: true,
  })
  completedAt: string | null;

  @Integer({
    description: 'Milliseconds it took; computed when it is left out and both times are known.',
    min: 0,
    max: INTEGER_MAX,
    nullable: true,
    filters: ['range'],
    sortable: true,
  })
  executionTimeMs: number | null;

  @Text({ description: 'Why it failed, in a sentence.', max: 100_000, nullable: true })
  errorMessage: string | null;

  @JsonObject({ description: 'Why it failed, in detail.', nullable: true })
  errorDetails: Record<string, unknown> | null;

  @Custom(
    'json',
    { description: 'Findings by state and severity; null when none were reported.', nullable: true, readOnly: true },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        new: count('Not in the result before.'),
        existing: count('In the result before as well.'),
        fixed: count('In the result before, and gone.'),
        error: count('Errors that are there and not suppressed.'),
        warning: count('Warnings that are there and not suppressed.'),
        note: count('Notes that are there and not suppressed.'),
        none: count('Without a severity, there and not suppressed.'),
        suppressed: count('There, and suppressed in the source or by the tool.'),
      },
    } as never,
    [],
  )
  findingCounts: Record<string, number> | null;

  @JsonObject({ description: 'Data of your own; kept as it is.', default: {} })
  metadata: Record<string, unknown>;

  @Uuid({ description: 'User who recorded it.', nullable: true, readOnly: true, filters: ['equal'] })
  createdBy: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: INTEGER_MAX, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was recorded.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('The outcome of an attempt that a later attempt has replaced.')
export class ValidationAttempt {
  @Uuid({ description: 'Identifier (UUID); it never changes.' })
  id: string;

  @Integer({ description: 'Which attempt it was.', min: 1, max: INTEGER_MAX, sortable: true, filters: ['equal'] })
  attempt: number;

  @Choice({ description: 'How it ended.', values: VALIDATION_STATUSES, filters: ['equal'] })
  validationStatus: string;

  @Decimal({
    description: 'Score that the tool gave, from 0 (worst) to 100 (best).',
    min: 0,
    max: 100,
    decimals: 2,
    nullable: true,
  })
  validationScore: number | null;

  @JsonObject({ description: 'What the tool reported.' })
  validationData: Record<string, unknown>;

  @Text({ description: 'Version of Claude Code that did the work.', max: 50, nullable: true })
  claudeCodeVersion: string | null;

  @JsonObject({ description: 'Where it ran.' })
  validationEnvironment: Record<string, unknown>;

  @Timestamp({ description: 'When it started.', nullable: true })
  startedAt: string | null;

  @Timestamp({ description: 'When it ended.', nullable: true })
  completedAt: string | null;

  @Integer({ description: 'Milliseconds it took.', min: 0, max: INTEGER_MAX, nullable: true })
  executionTimeMs: number | null;

  @Text({ description: 'Why it failed, in a sentence.', max: 100_000, nullable: true })
  errorMessage: string | null;

  @JsonObject({ description: 'Why it failed, in detail.', nullable: true })
  errorDetails: Record<string, unknown> | null;

  @JsonObject({ description: 'Findings by state and severity.', nullable: true })
  findingCounts: Record<string, number> | null;

  @Uuid({ description: 'User who tried again.', nullable: true })
  retriedBy: string | null;

  @Timestamp({ description: 'When it was tried again.', sortable: true })
  createdAt: string;
}
