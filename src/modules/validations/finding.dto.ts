import { Described } from '../../platform/schema/description.js';
import { ArrayMaxSize, IsObject } from 'class-validator';
import { Choice, Custom, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { FINDING_STATES, SEVERITIES } from './validation.values.js';

const INTEGER_MAX = 2_147_483_647;
export const FINDINGS_MAX = 10_000;
export const FINGERPRINT_MAX = 240;

@Described('One finding of a validation at one location.')
export class Finding {
  @Uuid({ description: 'Identifier (UUID); it never changes.' })
  id: string;

  @Uuid({ description: 'Validation that found it.' })
  validationResultId: string;

  @Integer({ description: 'Attempt that found it.', min: 1, max: INTEGER_MAX, filters: ['equal'] })
  attempt: number;

  @Integer({ description: 'Place in the report.', min: 0, max: INTEGER_MAX, sortable: true })
  position: number;

  @Text({ description: 'Rule that found it.', max: 255, nullable: true, filters: ['equal'], sortable: true })
  rule: string | null;

  @Text({ description: 'File, as the tool names it.', max: 2_048, nullable: true, filters: ['equal'], sortable: true })
  file: string | null;

  @Integer({ description: 'First line, from 1.', min: 0, max: INTEGER_MAX, nullable: true, sortable: true })
  startLine: number | null;

  @Integer({ description: 'First column, from 1.', min: 0, max: INTEGER_MAX, nullable: true })
  startColumn: number | null;

  @Integer({ description: 'Last line.', min: 0, max: INTEGER_MAX, nullable: true })
  endLine: number | null;

  @Integer({ description: 'Column behind the last character.', min: 0, max: INTEGER_MAX, nullable: true })
  endColumn: number | null;

  @Choice({ description: 'How bad it is.', values: SEVERITIES, filters: ['equal'], sortable: true })
  severity: string;

  @Text({ description: 'What is wrong.', max: 100_000 })
  message: string;

  @Text({
    description: 'The same for the same finding in every result, wherever its line moves.',
    max: 255,
    filters: ['equal'],
  })
  fingerprint: string;

  @Choice({
    description: 'Compared with the result before of the same task, type and tool.',
    values: FINDING_STATES,
    filters: ['equal'],
    sortable: true,
  })
  state: string;

  @Flag({ description: 'Whether it is suppressed in the source or by the tool.', filters: ['equal'] })
  suppressed: boolean;

  @JsonObject({ description: 'What else the tool said: other places, snippets, links.' })
  details: Record<string, unknown>;

  @Timestamp({ description: 'When it was recorded.' })
  createdAt: string;
}

@Described('A finding as a client reports it.')
export class NewFinding {
  @Text({ description: 'Rule that found it.', max: 255, nullable: true, optional: true, example: 'no-unused-vars' })
  rule?: string | null;

  @Text({ description: 'File, relative to the repository.', max: 2_048, nullable: true, optional: true })
  file?: string | null;

  @Integer({ description: 'First line, from 1.', min: 0, max: INTEGER_MAX, nullable: true, optional: true })
  startLine?: number | null;

  @Integer({ description: 'First column, from 1.', min: 0, max: INTEGER_MAX, nullable: true, optional: true })
  startColumn?: number | null;

  @Integer({ description: 'Last line.', min: 0, max: INTEGER_MAX, nullable: true, optional: true })
  endLine?: number | null;

  @Integer({
    description: 'Column behind the last character.',
    min: 0,
    max: INTEGER_MAX,
    nullable: true,
    optional: true,
  })
  endColumn?: number | null;

  @Choice({ description: 'How bad it is.', values: SEVERITIES, default: 'warning', optional: true })
  severity?: string;

  @Text({ description: 'What is wrong.', min: 1, max: 100_000 })
  message: string;

  @Text({
    description: 'Tells it from other findings; computed from rule, file and text when it is left out.',
    min: 1,
    max: FINGERPRINT_MAX,
    optional: true,
  })
  fingerprint?: string;

  @Flag({ description: 'Whether it is suppressed.', default: false, optional: true })
  suppressed?: boolean;

  @JsonObject({ description: 'What else there is to say.', default: {}, optional: true })
  details?: Record<string, unknown>;
}

/** Validates the list of findings in the body of a validation. */
export function FindingList(description: string): PropertyDecorator {
  return Custom('json', { description, optional: true }, { type: () => [NewFinding], maxItems: FINDINGS_MAX }, [
    ArrayMaxSize(FINDINGS_MAX),
    IsObject({ each: true }),
  ]);
}
