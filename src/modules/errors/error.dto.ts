import { Described } from '../../platform/schema/description.js';
import { Choice, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { pick } from '../../platform/schema/mapped-types.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';
import { FINGERPRINT_SOURCES, RESOLUTION_STATUSES, SEVERITIES, SEVERITY_WORDS } from './error.values.js';

export const COUNT_MAX = 2_147_483_647;

@Described(
  'An error: a group of occurrences with the same fingerprint. Fields of a single occurrence show the first one.',
)
export class ErrorLog {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team that it belongs to; its members see it.' })
  teamId: string;

  @Text({
    description: 'Key of the project.',
    max: 64,
    pattern: PROJECT_KEY_PATTERN,
    nullable: true,
    filters: ['equal'],
  })
  projectKey: string | null;

  @Text({ description: 'A name that people gave it.', max: 500, nullable: true })
  title: string | null;

  @Text({
    description: 'Code of the error.',
    min: 1,
    max: 50,
    filters: ['equal'],
    sortable: true,
    example: 'E_TIMEOUT',
  })
  errorCode: string;

  @Text({ description: 'Kind of error, a word of your own.', min: 1, max: 50, filters: ['equal'], sortable: true })
  errorCategory: string;

  @Choice({ description: 'How bad it is.', values: SEVERITIES, filters: ['equal'], words: SEVERITY_WORDS })
  errorSeverity: string;

  @Text({ description: 'What the error says, without personal data.', min: 1, max: 32_000 })
  errorMessage: string;

  @JsonObject({ description: 'More about the error itself.' })
  errorDetails: Record<string, unknown>;

  @Text({
    description: 'Calls that led to the failure, as the reporter sent them; scrubbed and cut.',
    max: 250_000,
    nullable: true,
  })
  stackTrace: string | null;

  @JsonObject({ description: 'What was going on when it occurred.' })
  contextData: Record<string, unknown>;

  @Uuid({ description: 'Task that it is linked to.', nullable: true, filters: ['equal'] })
  taskId: string | null;

  @Uuid({ description: 'Validation result that it came from.', nullable: true, filters: ['equal'] })
  validationResultId: string | null;

  @Uuid({ description: 'Workflow state that it came from.', nullable: true, filters: ['equal'] })
  workflowStateId: string | null;

  @Choice({
    description: 'What became of it. `regressed`: it was resolved and has occurred again.',
    values: RESOLUTION_STATUSES,
    filters: ['equal'],
    sortable: true,
  })
  resolutionStatus: string;

  @Text({ description: 'Notes on how it was or will be resolved.', max: 10_000, nullable: true })
  resolutionNotes: string | null;

  @Timestamp({
    description: 'Since when it is resolved; null while it is not.',
    nullable: true,
    readOnly: true,
    filters: ['range'],
    sortable: true,
  })
  resolvedAt: string | null;

  @Text({ description: 'Id of the user who resolved it.', max: 255, nullable: true, readOnly: true })
  resolvedBy: string | null;

  @Text({
    description: 'Release that it is resolved in: occurrences in older ones are no regression.',
    max: 50,
    nullable: true,
    readOnly: true,
  })
  resolvedInVersion: string | null;

  @Flag({ description: 'Resolved in whatever release comes after resolvedInVersion.', readOnly: true })
  resolvedInNextRelease: boolean;

  @Timestamp({ description: 'Until when it is ignored.', nullable: true, readOnly: true })
  ignoredUntil: string | null;

  @Integer({
    description: 'It is ignored until it has occurred so often in all.',
    min: 1,
    max: COUNT_MAX,
    nullable: true,
    readOnly: true,
  })
  ignoredUntilCount: number | null;

  @Integer({
    description: 'It is ignored until so many users were affected in all.',
    min: 1,
    max: COUNT_MAX,
    nullable: true,
    readOnly: true,
  })
  ignoredUntilUsers: number | null;

  @Uuid({ description: 'User who looks after it; a member of the team.', nullable: true, filters: ['equal'] })
  assigneeId: string | null;

  @Uuid({
    description: 'Error that it was merged into: occurrences are counted there.',
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  mergedInto: string | null;

  @Integer({
    description: 'How often it occurred, exactly.',
    min: 0,
    max: COUNT_MAX,
    readOnly: true,
    filters: ['range'],
    sortable: true,
  })
  occurrenceCount: number;

  @Integer({
    description: 'How many different users it affected, exactly.',
    min: 0,
    max: COUNT_MAX,
    readOnly: true,
    filters: ['range'],
    sortable: true,
  })
  usersAffected: number;

  @Timestamp({ description: 'When it occurred first.', readOnly: true, filters: ['range'], sortable: true })
  firstOccurredAt: string;

  @Timestamp({ description: 'When it occurred last.', readOnly: true, filters: ['range'], sortable: true })
  lastOccurredAt: string;

  @Text({ description: 'User it happened to, as the reporter names users.', max: 255, nullable: true })
  userId: string | null;

  @Text({ description: 'Session it happened in.', max: 255, nullable: true })
  sessionId: string | null;

  @Text({
    description: 'Network it happened in: only the first 24 bits of an IPv4 address are kept, 48 of IPv6.',
    max: 50,
    nullable: true,
    example: '203.0.113.0/24',
  })
  ipAddress: string | null;

  @Text({ description: 'User agent it happened in.', max: 1_000, nullable: true })
  userAgent: string | null;

  @Text({ description: 'Where it runs.', min: 1, max: 50, default: 'production', filters: ['equal'] })
  environment: string;

  @Text({ description: 'Service it happened in.', max: 100, nullable: true, filters: ['equal'] })
  serviceName: string | null;

  @Text({ description: 'Newest release that it occurred in.', max: 50, nullable: true, filters: ['equal'] })
  serviceVersion: string | null;

  @Text({ description: 'Release that it first occurred in.', max: 50, nullable: true, readOnly: true })
  firstServiceVersion: string | null;

  @Text({
    description: 'What makes two occurrences the same error, within team, project and environment.',
    max: 64,
    readOnly: true,
    filters: ['equal'],
  })
  fingerprint: string;

  @Integer({ description: 'Version of the rules that made the fingerprint.', min: 0, max: 32_767, readOnly: true })
  fingerprintVersion: number;

  @Choice({
    description: 'What the fingerprint was made of: given, the stack trace, or code and message.',
    values: FINGERPRINT_SOURCES,
    readOnly: true,
  })
  fingerprintSource: string;

  @JsonObject({ description: 'Data of your own.' })
  metadata: Record<string, unknown>;

  @Integer({
    description: 'Counts every change by people and of the status, not every occurrence; the ETag.',
    min: 1,
    max: COUNT_MAX,
    readOnly: true,
  })
  version: number;

  @Timestamp({ description: 'When it was first recorded.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('The answer to the report of an error.')
export class RecordedError extends ErrorLog {
  @Flag({ description: 'It occurred for the first time (201); else it was counted (200).', readOnly: true })
  isNew: boolean;

  @Flag({ description: 'It had been resolved, and this occurrence reopened it.', readOnly: true })
  isRegression: boolean;
}

@Described('The answer to callers who may report errors but not read them.')
export class ErrorReceipt extends pick(RecordedError, ['id', 'occurrenceCount', 'isNew', 'isRegression'] as const) {}
