import type { FieldProblem } from '../faults/fault.js';
import { acceptedWords } from './filter-value.js';
import type { FieldSpec } from './field.js';
import type { FilterParameter, FilterRequest, FilterRules } from './list-request.js';
import { filterNames, filterParameters } from './list-request.js';
import { FilterReader, filtersOf } from './list-reader.js';
import type { PropertySchema } from './property.js';
import { Property } from './property.js';

const VALUE: Readonly<Record<FieldSpec['kind'], PropertySchema>> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  uuid: { type: 'string', format: 'uuid' },
  timestamp: { type: 'string', format: 'date-time' },
  json: { type: 'string' },
  texts: { type: 'string' },
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

/** A shape with the filters as members of a JSON body, to extend. It documents them; `splitFilters` reads them. */
export function filterInput(rules: FilterRules): new () => object {
  const Filters = class extends Object {};
  for (const [name, parameter] of filterParameters(rules)) {
    // What the compiler would write; without it Nest takes a schema of several types for a circular import.
    Reflect.defineMetadata('design:type', Object, Filters.prototype, name);
    Property(schemaOf(parameter))(Filters.prototype, name);
  }
  if (rules.searchable) {
    const description = 'Full-text search: words, "phrases", or, -not.';
    Property({ type: 'string', minLength: 1, maxLength: 500, description, required: false })(Filters.prototype, 'q');
  }
  return Filters;
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

/** The filters of a body, its other members, and what is wrong with the filters. */
export interface SplitBody extends FilterRequest {
  readonly rest: unknown;
  readonly problems: readonly FieldProblem[];
}

/** Separates the filters of a body from its other members, which the caller validates. */
export function splitFilters(rules: FilterRules, body: unknown): SplitBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { filters: [], search: undefined, rest: body, problems: [] };
  }
  const reader = new BodyReader(body as Readonly<Record<string, unknown>>);
  const names = filterNames(rules);
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !names.has(name)));
  const request = filtersOf(rules, reader);
  const problems = reader.problems.map((one) => (one.path === 'search' ? { ...one, path: 'q' } : one));
  return { ...request, rest, problems };
}
