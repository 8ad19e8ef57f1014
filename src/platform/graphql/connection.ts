import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { FieldSpec, Shape } from '../schema/field.js';
import { describeValue } from '../schema/filter-value.js';
import type { Filter, FilterParameter, FilterRules, ListRules } from '../schema/list-request.js';
import { LIMIT_MAX, filterParameters } from '../schema/list-request.js';
import { DateTime, Word } from './scalars.js';
import type { PropertySchema } from '../schema/property.js';
import { propertiesOf } from '../schema/property.js';
import { classNamed, enumName, outputType, typeOf } from './shape-types.js';
import type { GraphqlType } from './shape-types.js';

@ObjectType('PageInfo', { description: 'The position of a page in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether a page comes before this one.' })
  hasPreviousPage: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first row.',
  })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row, for `after` of the next page.' })
  endCursor: string | null;
}

export function declare(target: Shape, name: string, type: GraphqlType, nullable: boolean, description: string): void {
  Field(() => type, { nullable, description })(target.prototype as object, name);
}

const connections = new Map<Shape, Shape>();

/** The connection type of a shape (Relay's cursor connections). */
export function connectionOf(shape: Shape): Shape {
  const known = connections.get(shape);
  if (known) return known;
  outputType(shape);
  const edge = classNamed(`${shape.name}Edge`);
  ObjectType(edge.name, { description: 'A row and its cursor.' })(edge);
  declare(edge, 'node', shape, false, 'The row itself.');
  declare(edge, 'cursor', String, false, 'Opaque. Use it as `after` to get the rows after this one.');
  const connection = classNamed(`${shape.name}Connection`);
  ObjectType(connection.name, { description: 'A page of a list.' })(connection);
  declare(connection, 'edges', [edge], false, 'The rows with their cursors.');
  declare(connection, 'nodes', [shape], false, 'The rows of the page, without cursors.');
  declare(connection, 'pageInfo', PageInfo, false, 'The position of the page.');
  declare(connection, 'totalCount', Int, false, 'Number of all rows, exact up to 10,000. Counted only when selected.');
  declare(connection, 'totalIsEstimate', Boolean, false, 'Whether totalCount is an estimate.');
  connections.set(shape, connection);
  return connection;
}

const kinds: Readonly<Record<Filter['field']['kind'], GraphqlType>> = {
  text: String,
  integer: Int,
  number: Number,
  boolean: Boolean,
  uuid: ID,
  timestamp: DateTime,
  json: String,
  texts: String,
};

const MEANINGS: Readonly<Record<Filter['operator'], (field: FieldSpec) => string>> = {
  in: (field) =>
    `Equal to one of these ${describeValue(field, 's')}${field.nullable ? '; null matches rows without a value' : ''}.`,
  contains: () => 'Contains all of these values.',
  above: (field) => `More than this ${describeValue(field)}.`,
  min: (field) => `At least this ${describeValue(field)}.`,
  below: (field) => `Less than this ${describeValue(field)}.`,
  max: (field) => `At most this ${describeValue(field)}.`,
  after: () => 'After this instant.',
  from: () => 'At this instant or later.',
  before: () => 'Before this instant.',
  until: () => 'At this instant or earlier.',
};

function valueType(
  shape: Shape,
  { field }: FilterParameter,
  properties: ReadonlyMap<string, PropertySchema>,
): GraphqlType {
  if (field.words) return Word;
  const property = properties.get(field.name);
  // A field with fixed values is filtered by the same enum that the output has.
  return property?.enum ? typeOf(property, 'output', enumName(shape, field.name)) : kinds[field.kind];
}

const filters = new Map<FilterRules, Shape | null>();

/**
 * The input type of filters: those of REST, with lists instead of commas. Null when there are none. An operation that is
 * no list names its own.
 */
export function filterType(rules: FilterRules & Partial<ListRules>, operation?: string): Shape | null {
  const known = filters.get(rules);
  if (known !== undefined) return known;
  const { shape } = rules;
  const type = classNamed(`${operation ?? shape.name}Filter`);
  const properties = propertiesOf(shape);
  const own = [
    ...Object.entries(rules.own ?? {}).map(([name, values]) => [name, String, `One of ${values.join(', ')}.`] as const),
    ...(rules.ownUuids ?? []).map((name) => [name, ID, `Only this ${name.replace(/Id$/, '')}.`] as const),
  ];
  const parameters = filterParameters(rules);
  for (const [name, parameter] of parameters) {
    const value = valueType(shape, parameter, properties);
    const many = parameter.operator === 'in' || parameter.operator === 'contains';
    const matchesNull = parameter.operator === 'in' && parameter.field.nullable;
    const options = { nullable: matchesNull ? ('itemsAndList' as const) : true };
    Field(() => (many ? [value] : value), { ...options, description: MEANINGS[parameter.operator](parameter.field) })(
      type.prototype as object,
      name,
    );
  }
  for (const [name, value, description] of own) declare(type, name, value, true, description);
  const empty = parameters.size + own.length === 0;
  if (!empty) InputType(type.name, { description: `Filters of ${operation ?? `a list of ${shape.name}`}.` })(type);
  filters.set(rules, empty ? null : type);
  return empty ? null : type;
}

export const FIRST = `Rows of the page, 1 to ${LIMIT_MAX}.`;
