import type { FieldProblem } from '../faults/fault.js';
import { invalid } from '../faults/fault.js';
import { decodeCursor } from './cursor.js';
import type { Shape } from './field.js';
import { fieldsOf } from './field.js';
import type {
  Filter,
  FilterParameter,
  FilterRequest,
  FilterRules,
  ListRequest,
  ListRules,
  SortKey,
} from './list-request.js';
import { LIMIT_DEFAULT, LIMIT_MAX, OFFSET_MAX, filterParameters, sortSignature } from './list-request.js';
import { fitsCursor, readFilterValue } from './filter-value.js';
import { textFault } from './storable.js';
import { isUuid } from './uuid.js';

const SEARCH_MAX = 500;
const VALUES_MAX = 100;

/** The members of every list request. The names are neutral; each surface may use other names. */
export type ListMember = 'limit' | 'offset' | 'cursor' | 'sort' | 'search' | 'fields' | 'total';

/** Reads filters from a surface. It checks only what can be wrong on that surface alone. */
export abstract class FilterReader {
  /** Paths are neutral names. */
  readonly problems: FieldProblem[] = [];

  fail(name: string, message: string, code = 'INVALID_PARAMETER'): undefined {
    this.problems.push({ path: name, message, code });
    return undefined;
  }

  abstract text(name: 'search'): string | undefined;
  abstract filterValues(name: string, parameter: FilterParameter): readonly (string | null)[] | undefined;
}

/** Reads the members of a list request from a surface. */
export abstract class ListReader extends FilterReader {
  abstract override text(name: 'cursor' | 'sort' | 'search'): string | undefined;
  /** NaN when the value is not a number. */
  abstract number(name: 'limit' | 'offset'): number | undefined;
  abstract total(): boolean | undefined;
  abstract fields(): readonly string[] | undefined;
  /** A parameter that only this resource has. */
  abstract own(name: string): string | undefined;
  /** Whether every row needs a cursor. */
  abstract readonly edges: boolean;
}

function numberOf(reader: ListReader, name: 'limit' | 'offset', fallback: number, min: number, max: number): number {
  const value = reader.number(name);
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  reader.fail(name, `must be a whole number from ${min} to ${max}`);
  return fallback;
}

function filterOf(reader: FilterReader, parameter: FilterParameter, rules: FilterRules): Filter | undefined {
  const { name } = parameter;
  const values = reader.filterValues(name, parameter);
  if (values === undefined) return undefined;
  if (values.length === 0) return reader.fail(name, 'must have at least one value');
  if (values.length > VALUES_MAX) return reader.fail(name, `must have at most ${VALUES_MAX} values`);
  if (values.includes(null) && !parameter.field.nullable) return reader.fail(name, 'is never without a value');
  const read = values.map((value) => readFilterValue(parameter.field, value));
  const wrong = read.find((one) => 'problem' in one);
  if (wrong && 'problem' in wrong) return reader.fail(name, wrong.problem);
  const own = read.flatMap((one) => ('value' in one ? [one.value] : []));
  const elsewhere = read.flatMap((one) => ('elsewhere' in one ? [one.elsewhere] : []));
  const filter = { ...parameter, values: own, ...(elsewhere.length > 0 ? { elsewhere } : {}) };
  const refusal = rules.refusal?.(filter) ?? null;
  return refusal === null ? filter : reader.fail(name, refusal, 'CONTRADICTION');
}

function sortOf(reader: ListReader, rules: ListRules): SortKey[] {
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

function fieldsWanted(reader: ListReader, shape: Shape): string[] | undefined {
  const wanted = reader.fields();
  if (wanted === undefined) return undefined;
  const known = fieldsOf(shape).map((field) => field.name);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    reader.fail('fields', `unknown: ${unknown.join(', ').slice(0, 200)}; known: ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function ownParameters(reader: ListReader, rules: ListRules): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of rules.ownUuids ?? []) {
    const value = reader.own(name);
    if (value === undefined) continue;
    if (isUuid(value)) found[name] = value;
    else reader.fail(name, 'must be a UUID');
  }
  for (const [name, accepted] of Object.entries(rules.own ?? {})) {
    const value = reader.own(name);
    if (value === undefined) continue;
    if (accepted.includes(value)) found[name] = value;
    else reader.fail(name, `must be one of ${accepted.join(', ')}`);
  }
  return found;
}

function searchOf(reader: FilterReader, rules: FilterRules): string | undefined {
  const value = reader.text('search');
  if (value === undefined) return undefined;
  if (!rules.searchable) return reader.fail('search', 'this list has no full-text search');
  if (value.trim() === '' || value.length > SEARCH_MAX)
    return reader.fail('search', `must have 1 to ${SEARCH_MAX} characters`);
  return textFault(value) === null ? value : reader.fail('search', 'holds a character that cannot be stored');
}

function afterOf(reader: ListReader, sort: readonly SortKey[]): ListRequest['after'] {
  const cursor = reader.text('cursor');
  if (cursor === undefined) return null;
  if (reader.number('offset') !== undefined) reader.fail('cursor', 'cannot be combined with offset');
  if (cursor === '') return [];
  const decoded = decodeCursor(cursor, sortSignature(sort), sort.length + 1);
  const fits =
    decoded?.every((value, index) => {
      const field = sort[index]?.field;
      if (!field) return value !== null && isUuid(value);
      return value === null ? field.nullable : fitsCursor(field, value);
    }) ?? false;
  if (decoded && fits) return decoded;
  reader.fail('cursor', 'is not a cursor of this list and order', 'INVALID_CURSOR');
  return [];
}

/** The filters and the search of a request. The problems are left with the reader. */
export function filtersOf(rules: FilterRules, reader: FilterReader): FilterRequest {
  return {
    filters: [...filterParameters(rules).values()].flatMap((one) => filterOf(reader, one, rules) ?? []),
    search: searchOf(reader, rules),
  };
}

/** @throws Fault VALIDATION_FAILED with every problem that the reader has met */
export function requireNoProblems({ problems }: FilterReader, pathOf: (name: string) => string): void {
  if (problems.length > 0) throw invalid(problems.map((one) => ({ ...one, path: pathOf(one.path) })));
}

/**
 * Reads and checks a list request. All surfaces share this grammar.
 * @param pathOf returns the surface's name of a member or filter
 * @throws Fault VALIDATION_FAILED with every problem
 */
export function readList(rules: ListRules, reader: ListReader, pathOf: (name: string) => string): ListRequest {
  const sort = sortOf(reader, rules);
  const after = afterOf(reader, sort);
  const total = reader.total();
  const request: ListRequest = {
    limit: numberOf(reader, 'limit', LIMIT_DEFAULT, 1, LIMIT_MAX),
    offset: numberOf(reader, 'offset', 0, 0, OFFSET_MAX),
    after,
    sort,
    ...filtersOf(rules, reader),
    fields: fieldsWanted(reader, rules.shape),
    total: total ?? after === null,
    own: ownParameters(reader, rules),
    edges: reader.edges,
  };
  requireNoProblems(reader, pathOf);
  return request;
}
