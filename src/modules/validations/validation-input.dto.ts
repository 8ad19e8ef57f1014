import { Choice, Uuid } from '../../platform/schema/field.js';
import { omit, partial, pick } from '../../platform/schema/mapped-types.js';
import type { NewFinding } from './finding.dto.js';
import { FindingList } from './finding.dto.js';
import { Validation } from './validation.dto.js';
import { VALIDATION_TYPES } from './validation.values.js';

/** What the service alone sets. */
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

/** A validation to record. */
export class NewValidation extends partial(omit(Validation, [...READ_ONLY, 'taskId', 'validationType'] as const)) {
  @Uuid({ description: 'Task that was checked.' })
  taskId: string;

  @Choice({ description: 'What was checked.', values: VALIDATION_TYPES })
  validationType: string;

  @FindingList('What it found; an empty list says that it found nothing.')
  findings?: NewFinding[];
}

/** A change: a JSON merge patch (RFC 7396), where null resets a field. Findings take the place of those there were. */
export class ValidationPatch extends partial(omit(Validation, [...READ_ONLY, 'retryCount'] as const)) {
  @FindingList('Takes the place of what this attempt found so far.')
  findings?: NewFinding[];
}

/**
 * The content as a whole: what is left out gets its default. Status, times, external id and findings are no content:
 * they stay as they are unless they are given.
 */
export class ValidationReplacement extends ValidationPatch {}

/** What someone learns who may write validations and not read them. */
export class ValidationReceipt extends pick(Validation, ['id', 'version', 'validationStatus'] as const) {}
