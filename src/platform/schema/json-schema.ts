import { descriptionOf } from './description.js';
import type { PropertySchema } from './property.js';
import { propertiesOf, shapeIn } from './property.js';
import type { Shape } from './shape.js';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Direction = 'input' | 'output';
type Definitions = Map<string, JsonSchema | null>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The members that JSON Schema has under the same name. */
const PLAIN = [
  'description',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'default',
  'readOnly',
] as const;

function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}

function nestedSchema(property: PropertySchema, direction: Direction, definitions: Definitions): JsonSchema | null {
  const nested = shapeIn(property);
  if (!nested) return null;
  // Inlined, because a reference to the closed object would refuse additional members.
  if (property.additionalProperties !== undefined) return objectSchema(nested.shape, direction, definitions);
  define(nested.shape, direction, definitions);
  const reference = { $ref: `#/$defs/${nested.shape.name}` };
  return nested.many ? { type: 'array', items: reference } : reference;
}

function schemaOf(property: PropertySchema, direction: Direction, definitions: Definitions): JsonSchema {
  const inner = (one: PropertySchema): JsonSchema => schemaOf(one, direction, definitions);
  const { type, items, oneOf, properties, additionalProperties, required, example } = property;
  const schema = {
    ...(nestedSchema(property, direction, definitions) ?? (type === undefined ? {} : { type })),
    ...Object.fromEntries(PLAIN.flatMap((name) => (property[name] === undefined ? [] : [[name, property[name]]]))),
    ...(property.enum ? { enum: [...property.enum] } : {}),
    ...(items ? { items: inner(items) } : {}),
    ...(oneOf ? { oneOf: oneOf.map(inner) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)])) }
      : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : inner(additionalProperties),
        }),
    ...(Array.isArray(required) ? { required } : {}),
    ...(example === undefined ? {} : { examples: [example] }),
  };
  return property.nullable ? nullable(schema) : schema;
}

function objectSchema(shape: Shape, direction: Direction, definitions: Definitions): JsonSchema {
  const properties = [...propertiesOf(shape)];
  const required = properties.filter(([, { required: must }]) => must !== false).map(([name]) => name);
  const description = descriptionOf(shape);
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, schemaOf(property, direction, definitions)]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(direction === 'input' ? { additionalProperties: false } : {}),
  };
}

function define(shape: Shape, direction: Direction, definitions: Definitions): void {
  if (definitions.has(shape.name)) return;
  // Registered before its members, because shapes may refer to each other.
  definitions.set(shape.name, null);
  definitions.set(shape.name, objectSchema(shape, direction, definitions));
}

/**
 * The self-contained JSON Schema of a shape. As `input` it refuses unknown members, as the service does. As `output` it
 * allows them, so that a client keeps working with a newer service.
 */
export function jsonSchema(shape: Shape, direction: Direction): JsonSchema {
  const definitions: Definitions = new Map();
  const schema = objectSchema(shape, direction, definitions);
  return {
    $schema: DIALECT,
    ...schema,
    ...(definitions.size > 0 ? { $defs: Object.fromEntries(definitions) } : {}),
  };
}
