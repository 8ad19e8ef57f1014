import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIP, MaxLength, ValidateBy } from 'class-validator';
import { Choice, Custom, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';
import { SEVERITIES, SEVERITY_WORDS } from './error.values.js';

export const ERRORS_MAX = 1_000;
/** What is kept of a text. */
export const MESSAGE_MAX = 20_000;
export const STACK_MAX = 200_000;
/** As long as a body may be: texts are cut, not refused. */
const SENT_MAX = 1_048_576;
const PARTS_MAX = 20;
const PART_MAX = 500;

const isPart = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= PART_MAX;

function IsFingerprint(): PropertyDecorator {
  return ValidateBy({
    name: 'isFingerprint',
    validator: {
      validate: (value: unknown) =>
        isPart(value) || (Array.isArray(value) && value.length > 0 && value.length <= PARTS_MAX && value.every(isPart)),
      defaultMessage: () => `$property must be a text of 1 to ${PART_MAX} characters, or 1 to ${PARTS_MAX} of them`,
    },
  });
}

const ownUuid = (description: string): PropertyDecorator => Uuid({ description, nullable: true, optional: true });
const ownText = (description: string, max: number): PropertyDecorator =>
  Text({ description, max, nullable: true, optional: true });

@Described('One occurrence of an error, as a service reports it. Only the message is required.')
export class NewError {
  @Text({
    description: `What the error says, cut after ${MESSAGE_MAX} characters. Personal data and secrets are taken out before it is stored.`,
    min: 1,
    max: SENT_MAX,
    pattern: /\S/,
    patternMessage: 'errorMessage must not be blank',
    example: 'connect ECONNREFUSED 10.0.0.7:5432',
  })
  errorMessage: string;

  @Text({ description: 'Code of the error.', min: 1, max: 50, default: 'UNKNOWN', optional: true })
  errorCode?: string;

  @Text({ description: 'Kind of error.', min: 1, max: 50, default: 'application', optional: true })
  errorCategory?: string;

  @Choice({
    description: 'How bad it is; low is info, medium warning, high error and fatal critical.',
    values: [...SEVERITIES, ...Object.keys(SEVERITY_WORDS)],
    default: 'error',
    optional: true,
  })
  errorSeverity?: string;

  @JsonObject({ description: 'More about the error itself; scrubbed as the message is.', default: {}, optional: true })
  errorDetails?: Record<string, unknown>;

  @Text({
    description: `Stack trace; the error is recognised by it when no fingerprint is given. Of more than ${STACK_MAX} characters, some of the middle are cut.`,
    max: SENT_MAX,
    nullable: true,
    optional: true,
  })
  stackTrace?: string | null;

  @JsonObject({ description: 'What was going on; scrubbed as the message is.', default: {}, optional: true })
  contextData?: Record<string, unknown>;

  @ownUuid('Task that it belongs to.')
  taskId?: string | null;

  @ownUuid('Validation result that it came from.')
  validationResultId?: string | null;

  @ownUuid('Workflow state that it came from.')
  workflowStateId?: string | null;

  @Text({
    description: 'Key of the project; defaults to that of the task.',
    max: 64,
    pattern: PROJECT_KEY_PATTERN,
    nullable: true,
    optional: true,
  })
  projectKey?: string | null;

  @ownUuid('Team; defaults to that of the project or task, else to your default team.')
  teamId?: string | null;

  @Custom(
    'json',
    {
      description:
        'What makes two occurrences the same error; else it is found from the stack trace, code and message.',
      nullable: true,
      optional: true,
    },
    {
      oneOf: [
        { type: 'string', minLength: 1, maxLength: PART_MAX },
        {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: PART_MAX },
          minItems: 1,
          maxItems: PARTS_MAX,
        },
      ],
    },
    [IsFingerprint()],
  )
  fingerprint?: string | string[] | null;

  @Timestamp({
    description: 'When it occurred; defaults to now, and the future counts as now.',
    nullable: true,
    optional: true,
  })
  occurredAt?: string | null;

  @ownText('User it happened to. Counted by a hash; an e-mail address is not kept.', 255)
  userId?: string | null;

  @ownText('Session it happened in.', 255)
  sessionId?: string | null;

  @Custom(
    'text',
    { description: 'Address it happened at; only its network is kept.', nullable: true, optional: true },
    { type: 'string', maxLength: 45 },
    [IsIP(undefined, { message: 'ipAddress must be an IP address' }), MaxLength(45)],
  )
  ipAddress?: string | null;

  @ownText('Program that sent the request that failed (`User-Agent`).', 1_000)
  userAgent?: string | null;

  @Text({ description: 'Where it runs.', min: 1, max: 50, default: 'production', optional: true })
  environment?: string;

  @ownText('Service it happened in.', 100)
  serviceName?: string | null;

  @Text({
    description: 'Release it happened in; decides whether it is a regression.',
    min: 1,
    max: 50,
    nullable: true,
    optional: true,
    example: '2.4.1',
  })
  serviceVersion?: string | null;

  @JsonObject({ description: 'Data of your own; scrubbed as the message is.', default: {}, optional: true })
  metadata?: Record<string, unknown>;
}

@Described('Up to 1,000 occurrences of errors in one transaction.')
export class ErrorBatch {
  @Property({
    description: 'The occurrences, recorded in their order.',
    type: () => [NewError],
    minItems: 1,
    maxItems: ERRORS_MAX,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ERRORS_MAX)
  errors: NewError[];
}

@Described('The outcome of one occurrence of a batch.')
export class ErrorBatchResult {
  @Integer({ description: 'Position of the occurrence.', min: 0, max: ERRORS_MAX })
  index: number;

  @Integer({ description: 'HTTP status that it would have had alone.', min: 200, max: 599 })
  status: number;

  @Uuid({ description: 'The error, when it was recorded.', optional: true })
  id?: string;

  @Integer({ description: 'How often it has occurred with this one.', min: 1, max: 2_147_483_647, optional: true })
  occurrenceCount?: number;

  @Flag({ description: 'It occurred for the first time.', optional: true })
  isNew?: boolean;

  @Flag({ description: 'It had been resolved, and this occurrence reopened it.', optional: true })
  isRegression?: boolean;

  @JsonObject({ description: 'Why it was refused: code, detail and errors as in a problem.', optional: true })
  error?: Record<string, unknown>;
}
