import { Described } from '../../platform/schema/description.js';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Choice, Custom, Decimal, Flag, Integer, Text } from '../../platform/schema/field.js';
import { problemsWith } from '../../platform/schema/validate.js';
import { GATE_METRICS, SEVERITIES, VALIDATION_TYPES } from './validation.values.js';

const most = { min: 0, max: 2_147_483_647, optional: true } as const;

@Described('The maximum number of findings by severity.')
export class GateFindings {
  @Integer({ ...most, description: 'Most findings of the severity `error`.' })
  error?: number;

  @Integer({ ...most, description: 'Most findings of the severity `warning`.' })
  warning?: number;

  @Integer({ ...most, description: 'Most findings of the severity `note`.' })
  note?: number;

  @Integer({ ...most, description: 'Findings without a severity.' })
  none?: number;
}

@Described('The results that the latest validations of a task must show before the task can be completed.')
export class ValidationGate {
  @Custom(
    'json',
    { description: 'Types whose latest result must be passed or warning.', optional: true },
    { type: 'array', items: { type: 'string', enum: VALIDATION_TYPES }, uniqueItems: true },
    [IsArray(), ArrayMaxSize(VALIDATION_TYPES.length), ArrayUnique(), IsIn([...VALIDATION_TYPES], { each: true })],
  )
  requiredTypes?: string[];

  @Decimal({
    description: 'Lowest score that a latest result may have; one without a score is not judged.',
    min: 0,
    max: 100,
    decimals: 2,
    optional: true,
  })
  minScore?: number;

  @Custom(
    'json',
    { description: 'The most findings of the latest results together, by severity.', optional: true },
    { type: () => GateFindings },
    [],
  )
  maxFindings?: GateFindings;

  @Flag({
    description: 'Whether a task that does not pass cannot be completed; else the gate only informs.',
    default: true,
    optional: true,
  })
  enforced?: boolean;
}

/** The settings without the members that a merge patch removes. */
const present = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : value;

/** Every problem of the gate in a project's settings. */
export function problemsOfGate(gate: unknown, path: string): FieldProblem[] {
  if (gate === undefined || gate === null) return [];
  const given = present(gate);
  const { maxFindings } = given as ValidationGate;
  return [
    ...problemsWith(ValidationGate, given, path),
    ...(maxFindings === undefined ? [] : problemsWith(GateFindings, present(maxFindings), `${path}.maxFindings`)),
  ];
}

@Described('One condition of a validation gate, and whether the task meets it.')
export class GateCondition {
  @Choice({
    description: 'Type that it is about; null: all that are judged.',
    values: VALIDATION_TYPES,
    nullable: true,
  })
  type: string | null;

  @Text({ description: 'Tool whose latest result decides a condition on `status`.', max: 255, nullable: true })
  toolName: string | null;

  @Choice({ description: 'What is compared.', values: GATE_METRICS })
  metric: string;

  @Choice({ description: 'Severity of the findings that are counted.', values: SEVERITIES, nullable: true })
  severity: string | null;

  @Custom(
    'json',
    { description: 'What is asked for: `passed or warning`, the lowest score, or the most findings.' },
    { type: ['string', 'number'] } as never,
    [],
  )
  required: string | number;

  @Custom(
    'json',
    { description: 'What there is; null: no result, none with a score, or one that failed and does not say why.' },
    { type: ['string', 'number', 'null'] } as never,
    [],
  )
  actual: string | number | null;

  @Flag({ description: 'Whether it is met.' })
  passed: boolean;
}

@Described('Whether a task meets the gate of its project.')
export class GateReport {
  @Flag({ description: 'Whether every condition is met; without conditions it is.' })
  passed: boolean;

  @Flag({ description: 'Whether the task cannot be completed while it is not.' })
  enforced: boolean;

  @Custom('json', { description: 'Condition by condition.' }, { type: () => [GateCondition] }, [])
  conditions: GateCondition[];
}
