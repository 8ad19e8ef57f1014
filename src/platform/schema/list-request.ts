import type { FieldSpec, Shape } from './field.js';
import { fieldsOf } from './field.js';
import { perObject } from './per-object.js';

/** The comparisons of ranges. With both forms of each end, adjacent ranges cover every value exactly once. */
export const COMPARISONS = {
  above: '>',
  min: '>=',
  below: '<',
  max: '<=',
  after: '>',
  from: '>=',
  before: '<',
  until: '<=',
};

/** A condition on one column. `in` with a null value also matches rows without a value. */
export interface Filter {
  /** The name of the parameter, such as `dueBefore`. */
  readonly name: string;
  readonly field: FieldSpec;
  readonly operator: 'in' | 'contains' | keyof typeof COMPARISONS;
  readonly values: readonly (string | null)[];
  /** Values of other columns that match as well: the status `blocked` is a stage. */
  readonly elsewhere?: readonly { readonly column: string; readonly value: string }[];
}

/** A parameter that filters, without its values. */
export type FilterParameter = Omit<Filter, 'values' | 'elsewhere'>;

/** What rows are wanted, the same for every surface. */
export interface FilterRequest {
  readonly filters: readonly Filter[];
  readonly search: string | undefined;
}

export interface SortKey {
  readonly field: FieldSpec;
  readonly descending: boolean;
}

/** A validated list request, the same for every surface. */
export interface ListRequest extends FilterRequest {
  readonly limit: number;
  readonly offset: number;
  /** Null for an offset page; empty for the first page by cursor. */
  readonly after: readonly (string | null)[] | null;
  readonly sort: readonly SortKey[];
  readonly fields: readonly string[] | undefined;
  readonly total: boolean;
  /** Parameters that only this resource has, such as `deleted`. */
  readonly own: Readonly<Record<string, string>>;
  /** Whether every row needs a cursor, not only the last one. */
  readonly edges: boolean;
}

/** The filters that an operation takes. */
export interface FilterRules {
  readonly shape: Shape;
  readonly searchable: boolean;
  /** Filters of the shape that it does not take. */
  readonly without?: readonly string[];
  /** Why a filter asks for what the operation never answers; null when it may. */
  readonly refusal?: (filter: Filter) => string | null;
}

/** What the lists of a resource support. */
export interface ListRules extends FilterRules {
  readonly defaultSort: string;
  /** Extra parameters: name → accepted values. */
  readonly own?: Readonly<Record<string, readonly string[]>>;
  /** Extra parameters that hold a UUID. */
  readonly ownUuids?: readonly string[];
  /** The shape with the fields that `expand` adds; only over REST. */
  readonly expands?: Shape;
}

export const LIMIT_DEFAULT = 20;
export const LIMIT_MAX = 100;
/** The cost of an offset grows with its depth; the cost of a cursor does not. */
export const OFFSET_MAX = 10_000;

const RESERVED = ['limit', 'offset', 'cursor', 'sort', 'fields', 'q', 'total'];

/** The names of all parameters of a list. */
export const listParameterNames = perObject(
  (rules: ListRules): ReadonlySet<string> =>
    new Set([
      ...RESERVED,
      ...filterParameters(rules).keys(),
      ...Object.keys(rules.own ?? {}),
      ...(rules.ownUuids ?? []),
      ...(rules.expands ? ['expand'] : []),
    ]),
);

/** The prefix of After, From, Before and Until: `createdAt` → `created`, `dueDate` → `due`. */
function stemOf(field: FieldSpec): string {
  return field.name.replace(/(At|Date)$/, '');
}

const TIME_RANGES = ['after', 'from', 'before', 'until'] as const;
const NUMBER_RANGES = ['above', 'min', 'below', 'max'] as const;

/** The names of the parameters of filters alone. */
export function filterNames(rules: FilterRules): ReadonlySet<string> {
  return new Set([...filterParameters(rules).keys(), ...(rules.searchable ? ['q'] : [])]);
}

/** The filter parameters of an operation, by name. */
export const filterParameters = perObject(
  ({ shape, without = [] }: FilterRules): ReadonlyMap<string, FilterParameter> => {
    const parameters = new Map<string, FilterParameter>();
    const add = (name: string, field: FieldSpec, operator: Filter['operator']): void => {
      if (!without.includes(name)) parameters.set(name, { name, field, operator });
    };
    for (const field of fieldsOf(shape)) {
      if (field.filters.includes('equal')) add(field.name, field, 'in');
      if (field.filters.includes('contains')) add(field.name, field, 'contains');
      if (!field.filters.includes('range')) continue;
      const isTime = field.kind === 'timestamp';
      const stem = isTime ? stemOf(field) : field.name;
      for (const operator of isTime ? TIME_RANGES : NUMBER_RANGES) {
        add(`${stem}${operator[0]?.toUpperCase()}${operator.slice(1)}`, field, operator);
      }
    }
    return parameters;
  },
);

/** Identifies a sort order, because a cursor is valid only for the order that it was made for. */
export function sortSignature(sort: readonly SortKey[]): string {
  return sort.map((key) => `${key.descending ? '-' : ''}${key.field.name}`).join(',');
}
