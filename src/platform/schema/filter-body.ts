import { ValidateBy } from 'class-validator';
import type { FieldProblem } from '../faults/fault.js';
import { TEXT_MAX, acceptedWords } from './filter-value.js';
import type { FieldSpec } from './field.js';
import type { FilterParameter, FilterRequest, FilterRules } from './list-request.js';
import { filterParameters } from './list-request.js';
import { FilterReader, filtersOf } from './list-reader.js';
import type { PropertySchema } from './property.js';
import { Property } from './property.js';

const VALUE: Readonly<Record<FieldSpec['kind'], PropertySchema>> = {
  text: { type: 'string', maxLength: TEXT_MAX },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  uuid: { type: 'string', format: 'uuid' },
  timestamp: { type: 'string', format: 'date-time' },
  json: { type: 'string', maxLength: TEXT_MAX },
  texts: { type: 'string', maxLength: TEXT_MAX },
};

const MEANINGS: Readonly<Record<FilterParameter['operator'], string>> = {
  in: 'is one of these values; a single value needs no list',
  contains: 'contains all of these values',
  above: 'is more than this value',
  min: 'is at least this value',
  below: 'is less than this value',
  max: 'is at most this value',
  after: 'is after this instant',
  from: 'is this instant or later',
  before: 'is before this instant',
  until: 'is this instant or earlier',
};

function valueSchema(field: FieldSpec): PropertySchema {
  const words = acceptedWords(field);
  if (words) return { type: 'string', enum: words };
  if (field.words === undefined) return VALUE[field.kind];
  return { oneOf: [VALUE[field.kind], { type: 'string', enum: Object.keys(field.words) }] };
}

function schemaOf({ field, operator }: FilterParameter): PropertySchema {
  const value = valueSchema(field);
  const description = `${field.name} ${MEANINGS[operator]}`;
  if (operator !== 'in' && operator !== 'contains')
    return { ...value, description: `${description}.`, required: false };
  const mayBeNull = operator === 'in' && field.nullable;
  return {
    type: 'array',
    items: { ...value, ...(mayBeNull ? { nullable: true } : {}) },
    description: `${description}${mayBeNull ? '; null matches rows without a value' : ''}.`,
    required: false,
    ...(mayBeNull ? { nullable: true } : {}),
  };
}

/** Reads JSON values. Each is read as the text that a query string would have. */
class BodyReader extends FilterReader {
  constructor(private readonly body: Readonly<Record<string, unknown>>) {
    super();
  }

  text(): string | undefined {
    const value = this.body.q;
    return value === undefined || typeof value === 'string' ? value : this.fail('search', 'must be a text');
  }

  filterValues(name: string, { operator }: FilterParameter): readonly (string | null)[] | undefined {
    const given = this.body[name];
    if (given === undefined) return undefined;
    const isList = operator === 'in' || operator === 'contains';
    const values: unknown[] = isList && Array.isArray(given) ? given : [given];
    const texts = values.flatMap((one) => (one === null && isList ? [null] : isScalar(one) ? [String(one)] : []));
    if (texts.length === values.length) return texts;
    return this.fail(name, isList ? 'must be a value or a list of values' : 'must be a value');
  }
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** The filters of a JSON body that is valid. */
export function bodyFilters(rules: FilterRules, body: object): FilterRequest {
  return filtersOf(rules, new BodyReader(body as Readonly<Record<string, unknown>>));
}

function problemOf(rules: FilterRules, name: string, value: unknown): FieldProblem | undefined {
  const reader = new BodyReader({ [name]: value });
  filtersOf(rules, reader);
  return reader.problems[0];
}

/** Refuses the values of a filter for which reading it gives this code. */
function refusing(rules: FilterRules, name: string, code: 'INVALID_PARAMETER' | 'CONTRADICTION'): PropertyDecorator {
  return ValidateBy({
    name: code === 'CONTRADICTION' ? 'contradiction' : 'invalidParameter',
    validator: {
      validate: (value: unknown) => value === undefined || problemOf(rules, name, value)?.code !== code,
      defaultMessage: (args) => problemOf(rules, name, args?.value)?.message ?? '',
    },
  });
}

const QUERY: PropertySchema = {
  type: 'string',
  minLength: 1,
  maxLength: 500,
  description: 'Full-text search: words, "phrases", or, -not.',
  required: false,
};

/** A shape with the filters as optional members of a JSON body, to extend. `bodyFilters` reads them. */
export function filterInput(rules: FilterRules): new () => object {
  const Filters = class extends Object {};
  const members = [...filterParameters(rules)].map(([name, one]): [string, PropertySchema] => [name, schemaOf(one)]);
  for (const [name, schema] of [...members, ...(rules.searchable ? [['q', QUERY] as const] : [])]) {
    // What the compiler would write; without it Nest takes a schema of several types for a circular import.
    Reflect.defineMetadata('design:type', Object, Filters.prototype, name);
    for (const decorate of [
      Property(schema),
      refusing(rules, name, 'INVALID_PARAMETER'),
      refusing(rules, name, 'CONTRADICTION'),
    ]) {
      decorate(Filters.prototype, name);
    }
  }
  return Filters;
}
