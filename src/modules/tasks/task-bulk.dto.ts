import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateBy } from 'class-validator';
import { isIfMatch } from '../../platform/http/conditional.js';
import { Choice, Custom, Flag, Integer, JsonObject, Uuid } from '../../platform/schema/field.js';
import { NewTask, TaskPatch } from './task-input.dto.js';
import { BULK_OPERATIONS } from './task.values.js';

export const BULK_MAX = 1_000;
const IF_MATCH_MAX = 1_000;

function IsIfMatch(): PropertyDecorator {
  return ValidateBy({
    name: 'isIfMatch',
    validator: {
      validate: (value: unknown) => isIfMatch(value) && (typeof value !== 'string' || value.length <= IF_MATCH_MAX),
      defaultMessage: () => '$property must be a version, * or a list of ETags, such as "3"',
    },
  });
}

@Described('One operation of a bulk request.')
export class BulkOperation {
  @Choice({ description: 'What to do.', values: BULK_OPERATIONS })
  op: (typeof BULK_OPERATIONS)[number];

  @Custom('json', { description: 'The task of a create.', optional: true }, { type: () => NewTask }, [])
  task?: NewTask;

  @Uuid({ description: 'The task that an update or delete is about.', optional: true })
  id?: string;

  @Custom(
    'json',
    { description: 'The change of an update, a JSON merge patch.', optional: true },
    { type: () => TaskPatch },
    [],
  )
  patch?: TaskPatch;

  @Custom(
    'json',
    {
      description:
        'What an update or delete expects: the version as a number, or an ETag as the header `If-Match` takes it (`"3"`, several, `*`).',
      optional: true,
      example: '"3"',
    },
    {
      oneOf: [
        { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
        { type: 'string', minLength: 1, maxLength: IF_MATCH_MAX },
      ],
    },
    [IsIfMatch()],
  )
  ifMatch?: number | string;

  @Integer({
    description: 'The fence of the lease that an update or delete is done under.',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  fence?: number;
}

@Described('Up to 1,000 operations on tasks in one transaction.')
export class BulkRequest {
  @Flag({ description: 'All or nothing; else each operation stands for itself.', default: false, optional: true })
  atomic?: boolean;

  @Property({
    description: 'The operations, carried out in their order.',
    type: () => [BulkOperation],
    minItems: 1,
    maxItems: BULK_MAX,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BULK_MAX)
  operations: BulkOperation[];
}

@Described('The outcome of one operation of a bulk request.')
export class BulkResult {
  @Integer({ description: 'Position of the operation.', min: 0, max: BULK_MAX })
  index: number;

  @Integer({ description: 'HTTP status that the operation would have had alone.', min: 200, max: 599 })
  status: number;

  @Uuid({ description: 'The task, when there is one.', optional: true })
  id?: string;

  @Integer({ description: 'Its version after the operation.', min: 1, max: 2_147_483_647, optional: true })
  version?: number;

  @JsonObject({
    description: 'Why it failed: code, detail and errors as in a problem; etag of the current version with 412.',
    optional: true,
  })
  error?: Record<string, unknown>;
}
