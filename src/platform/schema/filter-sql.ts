import type { FieldSpec } from './field.js';
import type { FilterParameter, FilterRequest, FilterRules } from './list-request.js';
import { COMPARISONS, filterParameters } from './list-request.js';
import { sqlTypes } from './field.js';

const HEADER = '-- Generated from the filters that the shapes declare (*.dto.ts). Run npm run generate.\n';

/** The member of the JSON that holds the full-text query, and the column that it is matched with. */
const SEARCH = 'search';

function conditionOf({ name, field, operator }: FilterParameter): string {
  const [given, value] = [`p_filter -> '${name}'`, `p_row -> '${field.name}'`];
  if (operator === 'in') return `${given} @> (${value})`;
  if (operator === 'contains') return `(${value}) @> (${given})`;
  const cast = sqlTypes[field.kind];
  return `(p_row ->> '${field.name}')::${cast} ${COMPARISONS[operator]} (p_filter ->> '${name}')::${cast}`;
}

/**
 * The SQL functions that say whether a row is what the filters ask for, as a list says it in its statement. The one that
 * takes the row is inlined: it must stay one expression without subqueries. It passes on the columns that filters name,
 * because whole rows would be read with their long texts. The other one is opaque to the planner: inlined as well, its
 * conditions made the first claim of a connection take 43 ms instead of 16.
 */
export function filterFunctions(name: string, table: string, rules: FilterRules): string {
  const parameters = [...filterParameters(rules).values()];
  const fields = new Map(parameters.map(({ field }) => [field.name, field.column]));
  const row = [...fields].map(([member, column]) => `'${member}', t.${column}`);
  const search = `\n    and (p_filter -> '${SEARCH}' is null or t.${SEARCH} @@ (p_filter ->> '${SEARCH}')::tsquery)`;
  const lines = parameters.map((one) => `(p_filter -> '${one.name}' is null or ${conditionOf(one)})`);
  return `${HEADER}create or replace function app.${name}(p_row jsonb, p_filter jsonb) returns boolean
language plpgsql stable parallel safe as $$
begin
  return ${lines.join('\n    and ')};
end
$$;
comment on function app.${name}(jsonb, jsonb) is
  'Whether a row with these values is what the filters ask for: lists of values by name, and the ends of ranges.';

create or replace function app.${name}(t ${table}, p_filter jsonb) returns boolean
language sql stable parallel safe as $$
  select p_filter is null or (
    app.${name}(jsonb_build_object(
      ${row.join(',\n      ')}), p_filter)${rules.searchable ? search : ''})
$$;
comment on function app.${name}(${table}, jsonb) is
  'Whether a row is what the filters ask for, also the query of a search; without filters every row is.';
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
