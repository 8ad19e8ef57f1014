import type { FieldProblem } from '../faults/fault.js';
import { invalid } from '../faults/fault.js';
import { decodeCursor } from './cursor.js';
import type { FieldSpec, Shape } from './field.js';
import { fieldsOf } from './field.js';
import { isTimestamp } from './timestamp.js';

/** A condition on one column. `in` with a null among the values also matches rows without a value. */
export interface Filter {
  readonly field: FieldSpec;
  readonly operator: 'in' | 'min' | 'max' | 'after' | 'before' | 'contains';
  readonly values: readonly (string | null)[];
}

export interface SortKey {
  readonly field: FieldSpec;
  readonly descending: boolean;
}

/** A validated list request: the grammar that every surface shares. */
export interface ListRequest {
  readonly limit: number;
  readonly offset: number;
  /** Null: an offset page. Empty: the first page of a cursor walk. */
  readonly after: readonly (string | null)[] | null;
  readonly sort: readonly SortKey[];
  readonly filters: readonly Filter[];
  readonly fields: readonly string[] | undefined;
  readonly search: string | undefined;
  readonly total: boolean;
  /** Parameters of the resource's own, such as `deleted`. */
  readonly own: Readonly<Record<string, string>>;
  /** Whether the cursor of every row is wanted, and not only that of the last one. */
  readonly edges: boolean;
}

/** What a resource lets its lists do. */
export interface ListRules {
  readonly shape: Shape;
  readonly defaultSort: string;
  readonly searchable: boolean;
  /** Extra parameters: name → accepted values. */
  readonly own?: Readonly<Record<string, readonly string[]>>;
  /** Extra parameters that hold a UUID. */
  readonly ownUuids?: readonly string[];
}

/** Asks for the cursor of every row. No query string can hold a symbol: only surfaces that show edges ask. */
export const EDGES = Symbol('edges');

/** Several values of one parameter as such, from surfaces that have lists where a query string has commas. */
export class ListValues {
  constructor(readonly values: readonly (string | null)[]) {}
}

export type RawQuery = Readonly<Record<string, unknown>> & { readonly [EDGES]?: boolean };

export const LIMIT_DEFAULT = 20;
export const LIMIT_MAX = 100;
/** Deeper offsets cost ever more; a cursor costs the same at any depth. */
export const OFFSET_MAX = 10_000;
const SEARCH_MAX = 500;
const VALUES_MAX = 100;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const RESERVED = new Set(['limit', 'offset', 'cursor', 'sort', 'fields', 'q', 'total']);

/** Every parameter that a list takes. */
export function listParameterNames(rules: ListRules): ReadonlySet<string> {
  return new Set([
    ...RESERVED,
    ...filterParameters(rules.shape).keys(),
    ...Object.keys(rules.own ?? {}),
    ...(rules.ownUuids ?? []),
  ]);
}

/** `createdAt` → `created`, `dueDate` → `due`: the stem of After and Before. */
function stemOf(field: FieldSpec): string {
  return field.name.replace(/(At|Date)$/, '');
}

/** Every filter parameter of a shape, with what it means. */
export function filterParameters(shape: Shape): ReadonlyMap<string, Omit<Filter, 'values'>> {
  const parameters = new Map<string, Omit<Filter, 'values'>>();
  for (const field of fieldsOf(shape)) {
    if (field.filters.includes('equal')) parameters.set(field.name, { field, operator: 'in' });
    if (field.filters.includes('contains')) parameters.set(field.name, { field, operator: 'contains' });
    if (!field.filters.includes('range')) continue;
    if (field.kind === 'timestamp') {
      parameters.set(`${stemOf(field)}After`, { field, operator: 'after' });
      parameters.set(`${stemOf(field)}Before`, { field, operator: 'before' });
    } else {
      parameters.set(`${field.name}Min`, { field, operator: 'min' });
      parameters.set(`${field.name}Max`, { field, operator: 'max' });
    }
  }
  return parameters;
}

function problemOfValue(field: FieldSpec, value: string): string | null {
  switch (field.kind) {
    case 'uuid':
      return UUID.test(value) ? null : 'must be a UUID';
    case 'integer':
      return /^-?\d{1,9}$/.test(value) ? null : 'must be a whole number';
    case 'number':
      return /^-?\d{1,12}(\.\d{1,6})?$/.test(value) ? null : 'must be a number';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be true or false';
    case 'timestamp':
      return isTimestamp(value) ? null : 'must be an ISO 8601 date or date-time with an offset';
    default:
      return value.length <= SEARCH_MAX ? null : `must have at most ${SEARCH_MAX} characters`;
  }
}

class Reader {
  readonly problems: FieldProblem[] = [];

  constructor(private readonly query: RawQuery) {}

  fail(name: string, message: string, code = 'INVALID_PARAMETER'): undefined {
    this.problems.push({ path: `query.${name}`, message, code });
    return undefined;
  }

  text(name: string): string | undefined {
    const value = this.query[name];
    if (value === undefined || typeof value === 'string') return value;
    return this.fail(name, 'must be given once; separate several values by commas', 'REPEATED_PARAMETER');
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    this.fail(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  private values(name: string, { operator, field }: Omit<Filter, 'values'>): (string | null)[] | undefined {
    const given = this.query[name];
    const many = operator === 'in' || operator === 'contains';
    if (given instanceof ListValues) return [...given.values];
    const text = this.text(name);
    if (text === undefined) return undefined;
    return (many ? text.split(',') : [text]).map((part) =>
      part === 'null' && operator === 'in' && field.nullable ? null : part,
    );
  }

  filter(name: string, spec: Omit<Filter, 'values'>): Filter | undefined {
    const values = this.values(name, spec);
    if (values === undefined) return undefined;
    if (values.length === 0) return this.fail(name, 'must have at least one value');
    if (values.length > VALUES_MAX) return this.fail(name, `must have at most ${VALUES_MAX} values`);
    if (values.includes(null) && !spec.field.nullable) return this.fail(name, 'is never without a value');
    const wrong = values.map((part) => (part === null ? null : problemOfValue(spec.field, part))).find((one) => one);
    return wrong ? this.fail(name, wrong) : { ...spec, values };
  }
}

function sortOf(reader: Reader, rules: ListRules): SortKey[] {
  const fields = fieldsOf(rules.shape);
  const sortable = fields.filter((field) => field.sortable).map((field) => field.name);
  const keys: SortKey[] = [];
  for (const part of (reader.text('sort') ?? rules.defaultSort).split(',')) {
    const name = part.replace(/^[-+]/, '');
    const field = fields.find((one) => one.name === name && one.sortable);
    if (!field) reader.fail('sort', `"${name.slice(0, 50)}" cannot be sorted by; use ${sortable.join(', ')}`);
    else if (!keys.some((key) => key.field === field)) keys.push({ field, descending: part.startsWith('-') });
  }
  return keys;
}

function fieldsWanted(reader: Reader, shape: Shape): string[] | undefined {
  const value = reader.text('fields');
  if (value === undefined) return undefined;
  const known = fieldsOf(shape).map((field) => field.name);
  const wanted = value.split(',');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    reader.fail('fields', `unknown: ${unknown.join(', ').slice(0, 200)}; known: ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function ownParameters(reader: Reader, rules: ListRules): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of rules.ownUuids ?? []) {
    const value = reader.text(name);
    if (value === undefined) continue;
    if (UUID.test(value)) found[name] = value;
    else reader.fail(name, 'must be a UUID');
  }
  for (const [name, accepted] of Object.entries(rules.own ?? {})) {
    const value = reader.text(name);
    if (value === undefined) continue;
    if (accepted.includes(value)) found[name] = value;
    else reader.fail(name, `must be one of ${accepted.join(', ')}`);
  }
  return found;
}

function searchOf(reader: Reader, rules: ListRules): string | undefined {
  const value = reader.text('q');
  if (value === undefined) return undefined;
  if (!rules.searchable) return reader.fail('q', 'this list has no full-text search');
  if (value.trim() === '' || value.length > SEARCH_MAX)
    return reader.fail('q', `must have 1 to ${SEARCH_MAX} characters`);
  return value;
}

/** The sort keys and direction as one word: a cursor only fits the order it was made for. */
export function sortSignature(sort: readonly SortKey[]): string {
  return sort.map((key) => `${key.descending ? '-' : ''}${key.field.name}`).join(',');
}

/** PostgreSQL's text of an instant in UTC (`2026-11-21 10:00:00.123+00`) as ISO 8601. */
const asIso = (text: string): string => text.replace(' ', 'T').replace(/\+00$/, 'Z');

function afterOf(reader: Reader, sort: readonly SortKey[]): ListRequest['after'] {
  const cursor = reader.text('cursor');
  if (cursor === undefined) return null;
  if (reader.text('offset') !== undefined) reader.fail('cursor', 'cannot be combined with offset');
  if (cursor === '') return [];
  const decoded = decodeCursor(cursor, sortSignature(sort), sort.length + 1);
  const fits =
    decoded?.every((value, index) => {
      const field = sort[index]?.field;
      if (!field) return value !== null && UUID.test(value);
      if (value === null || (value === 'infinity' && field.kind === 'timestamp')) return field.nullable;
      if (field.sortBy) return true;
      return problemOfValue(field, field.kind === 'timestamp' ? asIso(value) : value) === null;
    }) ?? false;
  if (decoded && fits) return decoded;
  reader.fail('cursor', 'is not a cursor of this list and order', 'INVALID_CURSOR');
  return [];
}

/**
 * Reads the query string of a list.
 * @throws Fault VALIDATION_FAILED with every problem; an unknown parameter is one
 */
export function parseList(rules: ListRules, query: RawQuery): ListRequest {
  const reader = new Reader(query);
  const parameters = filterParameters(rules.shape);
  for (const name of Object.keys(query)) {
    // hasOwn: `toString` and `__proto__` are members of every object, and no parameters.
    const own = Object.hasOwn(rules.own ?? {}, name) || rules.ownUuids?.includes(name);
    if (RESERVED.has(name) || parameters.has(name) || own) continue;
    reader.fail(name.slice(0, 100), 'is not a known parameter', 'UNKNOWN_PARAMETER');
  }
  const sort = sortOf(reader, rules);
  const after = afterOf(reader, sort);
  const total = reader.text('total');
  if (total !== undefined && total !== 'true' && total !== 'false') reader.fail('total', 'must be true or false');
  const request: ListRequest = {
    limit: reader.integer('limit', LIMIT_DEFAULT, 1, LIMIT_MAX),
    offset: reader.integer('offset', 0, 0, OFFSET_MAX),
    after,
    sort,
    filters: [...parameters].flatMap(([name, spec]) => reader.filter(name, spec) ?? []),
    fields: fieldsWanted(reader, rules.shape),
    search: searchOf(reader, rules),
    total: total === undefined ? after === null : total === 'true',
    own: ownParameters(reader, rules),
    edges: query[EDGES] ?? false,
  };
  if (reader.problems.length > 0) throw invalid(reader.problems);
  return request;
}
