import { Described } from '../../platform/schema/description.js';
import { Choice, Uuid } from '../../platform/schema/field.js';
import { omit, partial, patchOf, pick } from '../../platform/schema/mapped-types.js';
import type { NewFinding } from './finding.dto.js';
import { FindingList } from './finding.dto.js';
import { Validation } from './validation.dto.js';
import { VALIDATION_TYPES } from './validation.values.js';

/** Fields that only the service sets. */
export const READ_ONLY = [
  'id',
  'teamId',
  'projectKey',
  'attempt',
  'findingCounts',
  'createdBy',
  'version',
  'createdAt',
  'updatedAt',
] as const;

@Described('A validation to record.')
export class NewValidation extends partial(omit(Validation, [...READ_ONLY, 'taskId', 'validationType'] as const)) {
  @Uuid({ description: 'Task that was checked.' })
  taskId: string;

  @Choice({ description: 'What was checked.', values: VALIDATION_TYPES })
  validationType: string;

  @FindingList('What it found; an empty list says that it found nothing.')
  findings?: NewFinding[];
}

/** The fields that clients set after a validation was recorded. */
class ValidationContent extends partial(omit(Validation, [...READ_ONLY, 'retryCount'] as const)) {
  @FindingList('Takes the place of what this attempt found so far.')
  findings?: NewFinding[];
}

@Described(
  'A change of a validation: a JSON merge patch (RFC 7396), in which null resets a field. Findings replace the existing ones.',
)
export class ValidationPatch extends patchOf(ValidationContent) {}

@Described(
  'The complete content of a validation. An omitted field gets its default. Status, times, external id and findings are not content: if omitted, they stay as they are.',
)
export class ValidationReplacement extends ValidationContent {}

@Described('The answer to callers who may write validations but not read them.')
export class ValidationReceipt extends pick(Validation, ['id', 'version', 'validationStatus'] as const) {}
