import type { Type } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ApiProperty } from '@nestjs/swagger';
import type { Shape } from './shape.js';
import { lineage } from './shape.js';
import { meaningsOf } from './values.js';
import { perObject } from './per-object.js';

/** A shape, or a list of shapes in brackets. A function, because classes may refer to each other. */
type Nested = () => Type | readonly [Type];

/** The JSON Schema of a property, with `nullable` and `required` on the property itself. */
export interface PropertySchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | Nested;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: PropertySchema;
  readonly oneOf?: readonly PropertySchema[];
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly additionalProperties?: boolean | PropertySchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly readOnly?: boolean;
  readonly nullable?: boolean;
  /** False when the property may be omitted. In the schema of an object, the names of its required members. */
  readonly required?: boolean | readonly string[];
}

const registry = new Map<object, Map<string, PropertySchema>>();

function remember(owner: object, name: string, property: PropertySchema): void {
  const properties = registry.get(owner) ?? new Map<string, PropertySchema>();
  properties.set(name, property);
  registry.set(owner, properties);
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The meanings of fixed values, in their order, as generators of clients read them. */
function enumDescriptions({ enum: values = [], nullable }: PropertySchema): object {
  const meanings = meaningsOf(values);
  if (!meanings) return {};
  // The document of a nullable property has null as its last value.
  const ofNull = nullable ? ['No value.'] : [];
  return { 'x-enum-descriptions': [...values.map((value) => meanings[String(value)]), ...ofNull] };
}

/**
 * The property in the OpenAPI document. A default is told in words there, because openapi-typescript makes every member
 * with a default a required one.
 */
function documented({ default: fallback, ...property }: PropertySchema): ApiPropertyOptions {
  const { description, items } = property;
  return {
    ...property,
    ...enumDescriptions(property),
    // A copy, because Nest rewrites the items of a list when it writes the document.
    ...(items ? { items: { ...items, ...enumDescriptions(items) } } : {}),
    ...(fallback === undefined ? {} : { description: `${description ?? ''} Default: \`${shown(fallback)}\`.`.trim() }),
  } as ApiPropertyOptions;
}

/** Declares a property without a column and without validation, for results that the service computes. */
export function Property(property: PropertySchema): PropertyDecorator {
  const document = ApiProperty(documented(property));
  return (target, key) => {
    remember(target.constructor, String(key), property);
    document(target, key);
  };
}

const leftOut = new WeakMap<object, readonly string[]>();

/** Registers the properties that a derived class takes over. */
export function inheritProperties(from: Shape, to: Shape, properties: readonly (readonly [string, PropertySchema])[]) {
  for (const [name, property] of properties) remember(to, name, property);
  const taken = new Set(properties.map(([name]) => name));
  const readOnly = [...propertiesOf(from)].flatMap(([name, property]) => (property.readOnly ? [name] : []));
  leftOut.set(
    to,
    [...readOnly, ...readOnlyOutside(from)].filter((name) => !taken.has(name)),
  );
}

/** The read-only properties of the resource that an input shape was derived from. */
export function readOnlyOutside(shape: Shape): readonly string[] {
  return lineage(shape).flatMap((one) => leftOut.get(one) ?? []);
}

/** The properties of a shape, inherited ones first. */
export const propertiesOf = perObject(
  (shape: Shape): ReadonlyMap<string, PropertySchema> =>
    new Map(lineage(shape).flatMap((one) => [...(registry.get(one) ?? [])])),
);

export function propertyOf(shape: Shape, name: string): PropertySchema {
  const property = propertiesOf(shape).get(name);
  if (!property) throw new Error(`${shape.name} declares no ${name}.`);
  return property;
}

/** The shape of a property's value; null when the value is not a shape. */
export function shapeIn({ type }: PropertySchema): { readonly shape: Type; readonly many: boolean } | null {
  if (typeof type !== 'function') return null;
  const named = type();
  return Array.isArray(named)
    ? { shape: (named as readonly [Type])[0], many: true }
    : { shape: named as Type, many: false };
}
