import type { FieldSpec, Shape } from './field.js';
import { fieldsOf } from './field.js';

/** A condition on one column. `in` with a null value also matches rows without a value. */
export interface Filter {
  readonly field: FieldSpec;
  readonly operator: 'in' | 'min' | 'max' | 'after' | 'before' | 'contains';
  readonly values: readonly (string | null)[];
}

export interface SortKey {
  readonly field: FieldSpec;
  readonly descending: boolean;
}

/** A validated list request, the same for every surface. */
export interface ListRequest {
  readonly limit: number;
  readonly offset: number;
  /** Null for an offset page; empty for the first page by cursor. */
  readonly after: readonly (string | null)[] | null;
  readonly sort: readonly SortKey[];
  readonly filters: readonly Filter[];
  readonly fields: readonly string[] | undefined;
  readonly search: string | undefined;
  readonly total: boolean;
  /** Parameters that only this resource has, such as `deleted`. */
  readonly own: Readonly<Record<string, string>>;
  /** Whether every row needs a cursor, not only the last one. */
  readonly edges: boolean;
}

/** What the lists of a resource support. */
export interface ListRules {
  readonly shape: Shape;
  readonly defaultSort: string;
  readonly searchable: boolean;
  /** Extra parameters: name → accepted values. */
  readonly own?: Readonly<Record<string, readonly string[]>>;
  /** Extra parameters that hold a UUID. */
  readonly ownUuids?: readonly string[];
}

export const LIMIT_DEFAULT = 20;
export const LIMIT_MAX = 100;
/** The cost of an offset grows with its depth; the cost of a cursor does not. */
export const OFFSET_MAX = 10_000;

const RESERVED = ['limit', 'offset', 'cursor', 'sort', 'fields', 'q', 'total'];

/** The names of all parameters of a list. */
export function listParameterNames(rules: ListRules): ReadonlySet<string> {
  return new Set([
    ...RESERVED,
    ...filterParameters(rules.shape).keys(),
    ...Object.keys(rules.own ?? {}),
    ...(rules.ownUuids ?? []),
  ]);
}

/** The prefix of After and Before: `createdAt` → `created`, `dueDate` → `due`. */
function stemOf(field: FieldSpec): string {
  return field.name.replace(/(At|Date)$/, '');
}

/** The filter parameters of a shape, by name. */
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

/** Identifies a sort order, because a cursor is valid only for the order that it was made for. */
export function sortSignature(sort: readonly SortKey[]): string {
  return sort.map((key) => `${key.descending ? '-' : ''}${key.field.name}`).join(',');
}
