import { Described } from '../../platform/schema/description.js';
import { Choice, Custom, Integer, Text, Uuid } from '../../platform/schema/field.js';
import { VALIDATION_STATUSES, VALIDATION_TYPES } from './validation.values.js';

@Described('Counts of findings, compared with the previous result of the same tool.')
export class ImportedFindings {
  @Integer({ description: 'Not in the result before.', min: 0, max: 2_147_483_647 })
  new: number;

  @Integer({ description: 'In the result before as well.', min: 0, max: 2_147_483_647 })
  existing: number;

  @Integer({ description: 'In the result before, and gone.', min: 0, max: 2_147_483_647 })
  fixed: number;
}

@Described('The validation that one run of the file became.')
export class ImportedValidation {
  @Uuid({ description: 'Identifier of the validation.' })
  id: string;

  @Choice({ description: 'What was checked.', values: VALIDATION_TYPES })
  validationType: string;

  @Choice({ description: 'How it ended.', values: VALIDATION_STATUSES })
  status: string;

  @Text({ description: 'Tool that checked.', max: 255 })
  toolName: string;

  @Custom(
    'json',
    { description: 'How many findings there are; null for those who may not read validations.', nullable: true },
    { type: () => ImportedFindings },
    [],
  )
  findings: ImportedFindings | null;
}

@Described('A value of the file that could not be used; the rest of the file is imported.')
export class SetAsideValue {
  @Text({ description: 'Place in the file.', max: 1_000, example: 'runs[0].results[3].level' })
  path: string;

  @Text({ description: 'What is wrong with it.', max: 1_000 })
  message: string;
}

@Described('The outcome of an import.')
export class ValidationImport {
  @Custom('json', { description: 'Recorded now, in the order of the file.' }, { type: () => [ImportedValidation] }, [])
  created: ImportedValidation[];

  @Custom(
    'json',
    { description: 'The latest results of their tools, which the file repeats; they are left as they are.' },
    { type: () => [ImportedValidation] },
    [],
  )
  unchanged: ImportedValidation[];

  @Custom(
    'json',
    { description: 'Single values that could not be used; left out if there are none.', optional: true },
    { type: () => [SetAsideValue] },
    [],
  )
  setAside?: SetAsideValue[];
}

const FORMATS = ['sarif', 'junit'] as const;

/** The task and the format of a report. */
export class ValidationImportParameters {
  @Uuid({ description: 'Task that was checked.' })
  taskId: string;

  @Choice({
    description: 'What the body is; by default junit for XML and sarif for JSON.',
    values: FORMATS,
    optional: true,
  })
  format?: (typeof FORMATS)[number];

  @Choice({
    description: 'What was checked; by default testing for junit and security for sarif.',
    values: VALIDATION_TYPES,
    optional: true,
  })
  validationType?: string;

  @Text({
    description:
      'Tool of the report, in place of the name in the file. A gate judges the latest result of each tool, so reports that stand side by side, such as those of unit and integration tests, need names of their own.',
    min: 1,
    max: 255,
    optional: true,
  })
  toolName?: string;
}
