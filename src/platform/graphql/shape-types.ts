import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Shape } from '../schema/field.js';
import type { PropertySchema } from '../schema/property.js';
import { descriptionOf } from '../schema/description.js';
import { propertiesOf, shapeIn } from '../schema/property.js';
import { meaningsOf } from '../schema/values.js';
import { DateTime, Json, SafeInt } from './scalars.js';

/** A type for Nest: a class, an enum, a scalar, or one of these in brackets. */
export type GraphqlType = object;
type Direction = 'output' | 'input';

const INT_MAX = 2_147_483_647;

const isEnumName = (value: unknown): boolean =>
  typeof value === 'string' && /^[_A-Za-z]\w*$/.test(value) && !['true', 'false', 'null'].includes(value);

const enums = new Map<string, object>();

/** An enum for fixed values. Inputs stay strings, because they also accept other tools' values, which are not GraphQL names. */
function enumType(name: string, { enum: values = [], description }: PropertySchema): GraphqlType {
  const known = enums.get(name);
  if (known) return known;
  const type = Object.fromEntries(values.map((value) => [value, value])) as Record<string, unknown>;
  const meanings = Object.entries(meaningsOf(values) ?? {});
  registerEnumType(type, {
    name,
    ...(description === undefined ? {} : { description }),
    valuesMap: Object.fromEntries(meanings.map(([value, meaning]) => [value, { description: meaning }])),
  });
  enums.set(name, type);
  return type;
}

function scalarOf({ type, format, maximum }: PropertySchema): GraphqlType {
  if (type === 'integer') return maximum !== undefined && maximum > INT_MAX ? SafeInt : Int;
  if (type === 'number') return Float;
  if (type === 'boolean') return Boolean;
  if (type !== 'string') return Json;
  if (format === 'uuid') return ID;
  return format === 'date-time' ? DateTime : String;
}

/** The GraphQL type of a property; `owner` names the enums. */
export function typeOf(property: PropertySchema, direction: Direction, owner: string): GraphqlType {
  const inner = shapeIn(property);
  if (inner) {
    const type = direction === 'output' ? outputType(inner.shape) : inputType(inner.shape);
    return inner.many ? [type] : type;
  }
  if (property.type === 'array' && property.items) {
    const item = typeOf({ description: property.description ?? '', ...property.items }, direction, owner);
    // A list of any values may contain nulls; a list of a named type may not.
    return item === Json ? Json : [item];
  }
  const values = property.enum ?? [];
  if (direction === 'output' && values.length > 0 && values.every(isEnumName)) return enumType(owner, property);
  return scalarOf(property);
}

const capital = (name: string): string => `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;

export const enumName = (shape: Shape, field: string): string => `${shape.name}${capital(field)}`;

function declareFields(shape: Shape, direction: Direction): void {
  for (const [name, property] of propertiesOf(shape)) {
    const optional = property.nullable === true || property.required === false;
    const mayHoldNull = property.type === 'array' && property.items?.nullable === true;
    // Declared immediately, because Nest ignores types that first appear while it builds the schema.
    const type = typeOf(property, direction, enumName(shape, name));
    Field(() => type, {
      nullable: mayHoldNull && Array.isArray(type) ? 'itemsAndList' : optional,
      ...(property.description === undefined ? {} : { description: property.description }),
    })(shape.prototype as object, name);
  }
}

function described(shape: Shape): { readonly description?: string } {
  const description = descriptionOf(shape);
  return description === undefined ? {} : { description };
}

const outputs = new Set<Shape>();
const inputs = new Map<Shape, Shape>();

/** The object type of a shape, from its field decorators. */
export function outputType<T extends Shape>(shape: T): T {
  if (outputs.has(shape)) return shape;
  if (inputs.get(shape) === shape) throw new Error(`${shape.name} was declared as an input before all outputs were.`);
  outputs.add(shape);
  ObjectType(shape.name, described(shape))(shape);
  declareFields(shape, 'output');
  return shape;
}

/** A class for generated fields. Nest identifies a type by the name of its class. */
export const classNamed = (name: string): Shape =>
  Object.defineProperty(function () {}, 'name', { value: name }) as unknown as Shape;

/** GraphQL needs two types for a shape that is both input and output. The input type is then named `…Input`. */
function twinOf(shape: Shape): Shape {
  const twin = classNamed(`${shape.name}Input`);
  Object.setPrototypeOf(twin, shape);
  Object.setPrototypeOf(twin.prototype as object, shape.prototype as object);
  return twin;
}

/** The input type of a shape. */
export function inputType(shape: Shape): Shape {
  const known = inputs.get(shape);
  if (known) return known;
  const type = outputs.has(shape) ? twinOf(shape) : shape;
  inputs.set(shape, type);
  InputType(type.name, described(shape))(type);
  declareFields(type, 'input');
  return type;
}
