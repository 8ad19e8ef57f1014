import { ApiQuery } from '@nestjs/swagger';
import type { FieldSpec, Shape } from '../schema/field.js';
import { fieldsOf } from '../schema/field.js';
import { describeValue } from '../schema/filter-value.js';
import type { FilterRules, ListRules } from '../schema/list-request.js';
import { sparseShape } from '../schema/sparse.js';
import { LIMIT_DEFAULT, LIMIT_MAX, OFFSET_MAX, filterParameters } from '../schema/list-request.js';

type Meaning = (field: FieldSpec) => string;

/** Free texts can contain commas, or be the word null. */
function quotingOf({ kind, choices }: FieldSpec): string {
  return (kind === 'text' && !choices) || kind === 'texts' ? ' Put a value with a comma in quotes: `"a, b",c`.' : '';
}

const meanings: Readonly<Record<string, Meaning>> = {
  in: (field) =>
    `Equal to one of these comma-separated ${describeValue(field, 's')}${field.nullable ? '; `null` matches rows without a value' : ''}.${quotingOf(field)}`,
  contains: (field) => `Contains all of these comma-separated ${field.name}.${quotingOf(field)}`,
  above: (field) => `${field.name} is more than this ${describeValue(field)}.`,
  min: (field) => `${field.name} is at least this ${describeValue(field)}.`,
  below: (field) => `${field.name} is less than this ${describeValue(field)}.`,
  max: (field) => `${field.name} is at most this ${describeValue(field)}.`,
  after: (field) => `${field.name} is after this instant.`,
  from: (field) => `${field.name} is this instant or later.`,
  until: (field) => `${field.name} is this instant or earlier.`,
  before: (field) => `${field.name} is before this instant.`,
};

function query(name: string, description: string, schema: Record<string, unknown>): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema });
}

/** The query parameters of filters. */
export function filterQueries(rules: FilterRules): MethodDecorator[] {
  const filters = [...filterParameters(rules)].map(([name, filter]) =>
    query(name, meanings[filter.operator]?.(filter.field) ?? '', { type: 'string' }),
  );
  const search = { type: 'string', minLength: 1, maxLength: 500 };
  return [
    ...(rules.searchable ? [query('q', 'Full-text search: words, "phrases", or, -not.', search)] : []),
    ...filters,
  ];
}

/** The parameter that selects fields of a shape. */
export function fieldsParameter(shape: Shape): MethodDecorator {
  const names = fieldsOf(shape).map((field) => field.name);
  const schema = `The answer then has the schema \`${sparseShape(shape).name}\`, because required members may be missing.`;
  return query('fields', `Comma-separated fields to return: ${names.join(', ')}. ${schema}`, { type: 'string' });
}

/** The query parameters of a list. */
export function listParameters(rules: ListRules): MethodDecorator[] {
  const fields = fieldsOf(rules.shape);
  const sortable = fields.filter((field) => field.sortable).map((field) => field.name);
  const own = Object.entries(rules.own ?? {}).map(([name, values]) =>
    query(name, `One of ${values.join(', ')}.`, { type: 'string', enum: [...values] }),
  );
  return [
    query('limit', 'Rows per page.', { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT }),
    query('offset', 'Rows to skip. Use a cursor beyond the maximum.', {
      type: 'integer',
      minimum: 0,
      maximum: OFFSET_MAX,
      default: 0,
    }),
    query('cursor', 'nextCursor of the previous page. Send it empty to start paging by cursor, without a total.', {
      type: 'string',
    }),
    query('total', 'Whether to count the rows. By default only offset pages are counted.', { type: 'boolean' }),
    query('sort', `Comma-separated, with - for descending: ${sortable.join(', ')}. Default ${rules.defaultSort}.`, {
      type: 'string',
    }),
    fieldsParameter(rules.shape),
    ...filterQueries(rules),
    ...own,
    ...(rules.ownUuids ?? []).map((name) =>
      query(name, `Only this ${name.replace(/Id$/, '')}.`, { type: 'string', format: 'uuid' }),
    ),
  ];
}
