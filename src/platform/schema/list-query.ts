import type { ListRequest, ListRules } from './list-request.js';
import { listParameterNames } from './list-request.js';
import { ListReader, readList } from './list-reader.js';
import { expandProblem, withExpansions } from './sparse.js';
import { splitValues } from './value-list.js';

/** A query string as parsed by Fastify. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** Reads texts. Commas separate the values of one parameter; quotes enclose a value that contains some. */
class QueryReader extends ListReader {
  readonly edges = false;

  constructor(private readonly query: RawQuery) {
    super();
  }

  text(name: 'cursor' | 'sort' | 'search'): string | undefined {
    return name === 'search' ? this.own('q') : this.own(name);
  }

  own(name: string): string | undefined {
    const value = this.query[name];
    if (value === undefined || typeof value === 'string') return value;
    return this.fail(name, 'must be given once; separate several values by commas', 'REPEATED_PARAMETER');
  }

  number(name: 'limit' | 'offset'): number | undefined {
    const value = this.own(name);
    if (value === undefined) return undefined;
    return /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  }

  total(): boolean | undefined {
    const value = this.own('total');
    if (value === undefined) return undefined;
    return value === 'true' || value === 'false' ? value === 'true' : this.fail('total', 'must be true or false');
  }

  fields(): readonly string[] | undefined {
    return this.own('fields')?.split(',');
  }

  filterValues(
    name: string,
    { operator, field }: Parameters<ListReader['filterValues']>[1],
  ): readonly (string | null)[] | undefined {
    const text = this.own(name);
    if (text === undefined) return undefined;
    if (operator !== 'in' && operator !== 'contains') return [text];
    const values = splitValues(text);
    if (!values) return this.fail(name, 'has a quote that does not enclose a whole value, as in "a, b",c');
    const mayBeNull = operator === 'in' && field.nullable;
    return values.map((one) => (one.text === 'null' && !one.isQuoted && mayBeNull ? null : one.text));
  }
}

function expandOf(reader: QueryReader, { shape, expands }: ListRules): string | undefined {
  const value = expands ? reader.own('expand') : undefined;
  if (!expands || value === undefined) return undefined;
  const problem = expandProblem(shape, expands, value);
  return problem === null ? value : reader.fail('expand', problem);
}

const pathOf = (name: string): string => `query.${name === 'search' ? 'q' : name}`;

/**
 * Reads the query string of a list.
 * @throws Fault VALIDATION_FAILED with every problem, including unknown parameters
 */
export function parseList(rules: ListRules, query: unknown): ListRequest {
  const texts = query as RawQuery;
  const reader = new QueryReader(texts);
  const known = listParameterNames(rules);
  for (const name of Object.keys(texts)) {
    if (!known.has(name)) reader.fail(name.slice(0, 100), 'is not a known parameter', 'UNKNOWN_PARAMETER');
  }
  const expand = expandOf(reader, rules);
  const request = readList(rules, reader, pathOf);
  return expand === undefined ? request : { ...request, fields: withExpansions(rules.shape, request.fields, expand) };
}
