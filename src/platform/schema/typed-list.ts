import type { FilterRequest, FilterRules, ListRequest, ListRules } from './list-request.js';
import { ListReader, filtersOf, readList, requireNoProblems } from './list-reader.js';

/** The typed arguments of a list, as in GraphQL, and what the result must contain. */
export interface TypedList {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly offset?: number | null;
  readonly sort?: string | null;
  readonly search?: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly wants: ListWants;
}

/** What the page must contain. */
export interface ListWants {
  readonly fields: readonly string[];
  readonly total: boolean;
  readonly edges: boolean;
}

/** Statements send texts, and PostgreSQL casts them. */
const text = (value: unknown): string | null => (value === null ? null : `${value as string | number | boolean}`);

/** Reads typed values. A filter with several values is a list. A null argument counts as omitted. */
class TypedReader extends ListReader {
  constructor(private readonly list: TypedList) {
    super();
  }

  get edges(): boolean {
    return this.list.wants.edges;
  }

  text(name: 'cursor' | 'sort' | 'search'): string | undefined {
    const { after, offset, sort, search } = this.list;
    if (name === 'sort') return sort || undefined;
    if (name === 'search') return search ?? undefined;
    // Without an offset a page is read by cursor, which costs the same at any depth.
    return offset === undefined || offset === null ? (after ?? '') : after || undefined;
  }

  number(name: 'limit' | 'offset'): number | undefined {
    return (name === 'limit' ? this.list.first : this.list.offset) ?? undefined;
  }

  total(): boolean {
    return this.list.wants.total;
  }

  fields(): readonly string[] {
    return this.list.wants.fields;
  }

  filterValues(name: string): readonly (string | null)[] | undefined {
    const value = this.list.filter?.[name];
    if (value === undefined || value === null) return undefined;
    return Array.isArray(value) ? value.map(text) : [text(value)];
  }

  own(name: string): string | undefined {
    return text(this.list.filter?.[name] ?? null) ?? undefined;
  }
}

const ARGUMENTS: Readonly<Record<string, string>> = {
  limit: 'first',
  cursor: 'after',
  offset: 'offset',
  sort: 'sort',
  search: 'search',
};

const pathOf = (name: string): string => ARGUMENTS[name] ?? `filter.${name}`;

/**
 * Reads the typed arguments of a list.
 * @throws Fault VALIDATION_FAILED with every problem, under the names of the arguments
 */
export function listRequestOf(rules: ListRules, list: TypedList): ListRequest {
  return readList(rules, new TypedReader(list), pathOf);
}

/**
 * Reads the typed filters of an operation that is no list.
 * @throws Fault VALIDATION_FAILED with every problem, under the names of the arguments
 */
export function filterRequestOf(rules: FilterRules, given: Pick<TypedList, 'search' | 'filter'>): FilterRequest {
  const reader = new TypedReader({ ...given, wants: { fields: [], total: false, edges: false } });
  const request = filtersOf(rules, reader);
  requireNoProblems(reader, pathOf);
  return request;
}
