import type { FieldProblem } from '../faults/fault.js';
import type { FieldSpec, Shape } from './field.js';
import { fieldsOf } from './field.js';
import type { PropertySchema } from './property.js';
import { propertyOf } from './property.js';
import { TIMESTAMP_MESSAGE, canonicalTimestamp, isTimestamp } from './timestamp.js';
import { UUID } from './uuid.js';
import { perObject } from './per-object.js';

/** The typed values, and every problem. The path of a problem is the name of its parameter. */
export interface ReadParameters {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly FieldProblem[];
}

interface Parameter {
  readonly name: string;
  readonly isRequired: boolean;
  readonly fallback: unknown;
  readonly isList: boolean;
  /** Converts the text of a query string to the field's type; returns the text when that is not possible. */
  readonly read: (text: string) => unknown;
  /** Why a value is refused; null when it is valid. */
  readonly refusal: (value: unknown) => string | null;
  readonly settle: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;
const wholeNumber = (text: string): unknown => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);
const truth = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text);

const settled: Readonly<Partial<Record<FieldSpec['kind'], Parameter['settle']>>> = {
  uuid: (value) => String(value).toLowerCase(),
  timestamp: canonicalTimestamp,
};

const readers: Readonly<Partial<Record<FieldSpec['kind'], Parameter['read']>>> = {
  integer: wholeNumber,
  boolean: truth,
  texts: (text) => text.split(','),
};

function textRefusal({
  minLength = 0,
  maxLength = Infinity,
  pattern,
  enum: words,
}: PropertySchema): Parameter['refusal'] {
  const form = pattern === undefined ? null : new RegExp(pattern, 'u');
  return (value) => {
    if (typeof value !== 'string') return 'must be a text';
    if (words) return words.includes(value) ? null : `must be one of ${words.join(', ')}`;
    if (value.length < minLength || value.length > maxLength)
      return `must have ${minLength === 0 ? 'at most' : `${minLength} to`} ${maxLength} characters`;
    return form === null || form.test(value) ? null : `must match ${pattern}`;
  };
}

function refusalOf(kind: FieldSpec['kind'], bounds: PropertySchema): Parameter['refusal'] {
  const { minimum = 0, maximum = 0, maxItems = 0, items = {} } = bounds;
  switch (kind) {
    case 'uuid':
      return (value) => (typeof value === 'string' && UUID.test(value) ? null : 'must be a UUID');
    case 'integer':
      return (value) =>
        Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
          ? null
          : `must be a whole number from ${minimum} to ${maximum}`;
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? null : 'must be true or false');
    case 'timestamp':
      return (value) => (isTimestamp(value) ? null : TIMESTAMP_MESSAGE);
    case 'texts': {
      const each = textRefusal(items);
      return (value) => {
        if (!Array.isArray(value) || value.length > maxItems) return `must be a list of at most ${maxItems} values`;
        return value.map(each).find((one) => one !== null) ?? null;
      };
    }
    default:
      return textRefusal(bounds);
  }
}

function parameterOf(shape: Shape, { name, kind }: FieldSpec): Parameter {
  const bounds = propertyOf(shape, name);
  return {
    name,
    isRequired: bounds.required !== false,
    fallback: bounds.default,
    isList: kind === 'texts',
    read: readers[kind] ?? same,
    refusal: refusalOf(kind, bounds),
    settle: settled[kind] ?? same,
  };
}

const parametersOf = perObject((shape: Shape): readonly Parameter[] =>
  fieldsOf(shape).map((field) => parameterOf(shape, field)),
);

export const invalidParameter = (path: string, message: string, code = 'INVALID_PARAMETER'): FieldProblem => ({
  path,
  message,
  code,
});

function read(parameter: Parameter, given: unknown, isText: boolean): unknown {
  return isText && typeof given === 'string' ? parameter.read(given) : given;
}

/** A list that was given as a repeated parameter, as openapi-fetch sends it, becomes one with commas. */
function joined({ isList }: Parameter, given: unknown, isText: boolean): unknown {
  return isText && isList && Array.isArray(given) ? given.join(',') : given;
}

/** A shape of parameters may have additional rules in a static `problems`, also across parameters. */
interface ParameterShape {
  readonly problems?: (given: Readonly<Record<string, unknown>>) => readonly FieldProblem[];
}

/**
 * Reads the parameters that a shape declares. The caller checks for unknown names.
 * @param isText whether the values are texts of a URL; otherwise they are typed, and null means omitted
 */
export function readParameters(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
  { isText }: { readonly isText: boolean },
): ReadParameters {
  const values: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  for (const parameter of parametersOf(shape)) {
    const { name, isRequired, fallback, refusal, settle } = parameter;
    const value = joined(parameter, given[name], isText);
    if (value === undefined || (value === null && !isText)) {
      if (fallback !== undefined) values[name] = fallback;
      else if (isRequired) problems.push(invalidParameter(name, 'is missing', 'REQUIRED'));
    } else if (isText && typeof value !== 'string') {
      problems.push(invalidParameter(name, 'must be given once', 'REPEATED_PARAMETER'));
    } else {
      const typed = read(parameter, value, isText);
      const wrong = refusal(typed);
      if (wrong === null) values[name] = settle(typed);
      else problems.push(invalidParameter(name, wrong));
    }
  }
  const { problems: rules } = shape as ParameterShape;
  return { values, problems: [...problems, ...(rules?.(given) ?? [])] };
}

export function parameterNames(shape: Shape): readonly string[] {
  return parametersOf(shape).map(({ name }) => name);
}
