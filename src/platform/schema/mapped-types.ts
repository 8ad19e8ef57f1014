import type { Type } from '@nestjs/common';
import { OmitType, PartialType, PickType } from '@nestjs/swagger';
import type { PropertySchema } from './property.js';
import { Property, inheritProperties, propertiesOf } from './property.js';

type Properties = readonly (readonly [string, PropertySchema])[];

function derived<D extends Type>(from: Type, shape: D, properties: Properties): D {
  inheritProperties(from, shape, properties);
  return shape;
}

/** The shape without the named fields. */
export function omit<T, K extends keyof T>(shape: Type<T>, names: readonly K[]): Type<Omit<T, K>> {
  const left = [...propertiesOf(shape as Type<object>)].filter(([name]) => !names.includes(name as K));
  return derived(shape, OmitType(shape, names), left);
}

/** The shape with only the named fields. */
export function pick<T, K extends keyof T>(shape: Type<T>, names: readonly K[]): Type<Pick<T, K>> {
  const taken = [...propertiesOf(shape as Type<object>)].filter(([name]) => names.includes(name as K));
  return derived(shape, PickType(shape, names), taken);
}

/** The shape with every field optional. Null is not the same as omitted: it resets the field. */
export function partial<T>(shape: Type<T>): Type<Partial<T>> {
  const optional = [...propertiesOf(shape as Type<object>)].map(
    ([name, property]) => [name, { ...property, required: false }] as const,
  );
  return derived(shape, PartialType(shape, { skipNullProperties: false }), optional);
}

/** The shape of a merge patch: every field optional, and without a default, because an omitted field stays as it is. */
export function patchOf<T>(shape: Type<T>): Type<Partial<T>> {
  const optional = [...propertiesOf(shape as Type<object>)].map(
    ([name, { default: _, ...property }]) => [name, { ...property, required: false }] as const,
  );
  const patch = PartialType(shape, { skipNullProperties: false });
  for (const [name, property] of optional) Property(property)(patch.prototype as object, name);
  return derived(shape, patch, optional);
}
