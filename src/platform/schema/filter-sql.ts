import type { FieldSpec } from './field.js';
import type { FilterParameter, FilterRequest, FilterRules } from './list-request.js';
import { COMPARISONS, filterParameters } from './list-request.js';
import { sqlTypes } from './field.js';

const HEADER = '-- Generated from the filters that the shapes declare (*.dto.ts). Run npm run generate.\n';

/** The member of the JSON that holds the full-text query. */
const SEARCH = 'search';

function conditionOf({ name, field, operator }: FilterParameter): string {
  const column = `t.${field.column}`;
  const member = `p_filter -> '${name}'`;
  if (operator === 'in') return `${member} @> coalesce(to_jsonb(${column}), 'null')`;
  if (operator === 'contains') return `${column} @> (${member})`;
  return `${column} ${COMPARISONS[operator]} (p_filter ->> '${name}')::${sqlTypes[field.kind]}`;
}

/**
 * The SQL function that says whether a row is what the filters ask for, as a list says it in its statement. A query
 * inlines it: it must stay one expression without subqueries.
 */
export function filterFunction(name: string, table: string, rules: FilterRules): string {
  const conditions = [...filterParameters(rules).values()].map((one): [string, string] => [one.name, conditionOf(one)]);
  if (rules.searchable) conditions.push([SEARCH, `t.search @@ (p_filter ->> '${SEARCH}')::tsquery`]);
  const lines = conditions.map(([member, text]) => `(p_filter -> '${member}' is null or ${text})`);
  return `${HEADER}create or replace function app.${name}(t ${table}, p_filter jsonb) returns boolean
language sql stable parallel safe as $$
  select p_filter is null or (
    ${lines.join('\n    and ')}
  )
$$;
comment on function app.${name}(${table}, jsonb) is
  'Whether a row is what the filters ask for: lists of values by name, the ends of ranges, and the query of a search.';
`;
}

const jsonValue = ({ kind }: FieldSpec, value: string | null): unknown => {
  if (value === null) return null;
  if (kind === 'integer' || kind === 'number') return Number(value);
  if (kind === 'boolean') return value === 'true';
  // Compared as text, and PostgreSQL writes small letters.
  return kind === 'uuid' ? value.toLowerCase() : value;
};

/** The filters as that function reads them, without the search; null when there are none. */
export function filterJson({ filters }: FilterRequest): string | null {
  if (filters.length === 0) return null;
  const members = filters.map(({ name, field, operator, values }) => {
    const read = values.map((value) => jsonValue(field, value));
    return [name, operator === 'in' || operator === 'contains' ? read : read[0]];
  });
  return JSON.stringify(Object.fromEntries(members));
}
