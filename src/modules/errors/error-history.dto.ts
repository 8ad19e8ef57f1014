import { Described } from '../../platform/schema/description.js';
import { Choice, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { COUNT_MAX } from './error.dto.js';
import { RESOLUTION_CAUSES, RESOLUTION_STATUSES } from './error.values.js';

@Described('One sampled occurrence of an error.')
export class ErrorOccurrence {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true })
  id: string;

  @Uuid({ description: 'Error that this belongs to.', readOnly: true })
  errorId: string;

  @Integer({ description: 'The how-manieth it is.', min: 1, max: COUNT_MAX, readOnly: true })
  number: number;

  @Timestamp({ description: 'When it occurred.', readOnly: true, filters: ['range'], sortable: true })
  occurredAt: string;

  @Timestamp({ description: 'When it was reported.', readOnly: true })
  receivedAt: string;

  @Text({ description: 'What the error said.', max: 32_000, readOnly: true })
  errorMessage: string;

  @JsonObject({ description: 'More about the error itself.', readOnly: true })
  errorDetails: Record<string, unknown>;

  @Text({
    description: 'Calls that led to the failure, as the reporter sent them; scrubbed and cut.',
    max: 250_000,
    nullable: true,
    readOnly: true,
  })
  stackTrace: string | null;

  @JsonObject({ description: 'What was going on.', readOnly: true })
  contextData: Record<string, unknown>;

  @Text({ description: 'User it happened to.', max: 255, nullable: true, readOnly: true, filters: ['equal'] })
  userId: string | null;

  @Text({ description: 'Session it happened in.', max: 255, nullable: true, readOnly: true, filters: ['equal'] })
  sessionId: string | null;

  @Text({ description: 'Network it happened in.', max: 50, nullable: true, readOnly: true })
  ipAddress: string | null;

  @Text({ description: 'User agent it happened in.', max: 1_000, nullable: true, readOnly: true })
  userAgent: string | null;

  @Text({ description: 'Service it happened in.', max: 100, nullable: true, readOnly: true, filters: ['equal'] })
  serviceName: string | null;

  @Text({ description: 'Release it happened in.', max: 50, nullable: true, readOnly: true, filters: ['equal'] })
  serviceVersion: string | null;

  @JsonObject({ description: 'Data of the reporter.', readOnly: true })
  metadata: Record<string, unknown>;
}

@Described("One change of an error's status.")
export class ErrorResolution {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true })
  id: string;

  @Uuid({ description: 'Error that this belongs to.', readOnly: true })
  errorId: string;

  @Timestamp({ description: 'When the status changed.', readOnly: true, filters: ['range'], sortable: true })
  changedAt: string;

  @Uuid({ description: 'Who; null when no user did it.', nullable: true, readOnly: true, filters: ['equal'] })
  changedBy: string | null;

  @Choice({ description: 'Status before the change.', values: RESOLUTION_STATUSES, readOnly: true, filters: ['equal'] })
  fromStatus: string;

  @Choice({ description: 'Status after the change.', values: RESOLUTION_STATUSES, readOnly: true, filters: ['equal'] })
  toStatus: string;

  @Choice({
    description: 'Why: a user, a regression, an ignore rule that ended, or a merge.',
    values: RESOLUTION_CAUSES,
    readOnly: true,
    filters: ['equal'],
  })
  cause: string;

  @Text({ description: 'Notes of the user.', max: 10_000, nullable: true, readOnly: true })
  notes: string | null;

  @Text({ description: 'Release it was resolved in, or occurred again in.', max: 50, nullable: true, readOnly: true })
  serviceVersion: string | null;
}
