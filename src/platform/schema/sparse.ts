import { invalid } from '../faults/fault.js';
import type { Type } from '@nestjs/common';
import { Described } from './description.js';
import type { Shape } from './field.js';
import { partial } from './mapped-types.js';
import { fieldsOf } from './field.js';

/**
 * The fields that `fields=` selects, in the order of the shape; undefined selects all.
 * @throws Fault VALIDATION_FAILED with the unknown names
 */
export function sparse(shape: Shape, value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const known = fieldsOf(shape).map((field) => field.name);
  const wanted = value.split(',');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const message = `unknown: ${unknown.join(', ').slice(0, 200)}; known: ${known.join(', ')}`;
    throw invalid([{ path: 'query.fields', message, code: 'INVALID_PARAMETER' }]);
  }
  return known.filter((name) => wanted.includes(name));
}

const shapes = new Map<Shape, Type>();

/** The shape of an answer to `fields=`: any field may be missing. */
export function sparseShape(shape: Shape): Type {
  const known = shapes.get(shape);
  if (known) return known;
  const type = partial(shape as Type);
  Object.defineProperty(type, 'name', { value: `Sparse${shape.name}` });
  Described(`The selected fields of a ${shape.name}.`)(type);
  shapes.set(shape, type);
  return type;
}

const namesOf = (shape: Shape): string[] => fieldsOf(shape).map(({ name }) => name);

/** The fields that `expand` can add to a shape. */
export function expansionsOf(shape: Shape, expands: Shape): readonly string[] {
  const own = new Set(namesOf(shape));
  return namesOf(expands).filter((name) => !own.has(name));
}

/** Why a value of `expand` is refused; null when it is valid. */
export function expandProblem(shape: Shape, expands: Shape, value: string): string | null {
  const known = expansionsOf(shape, expands);
  const unknown = value.split(',').filter((name) => !known.includes(name));
  return unknown.length === 0 ? null : `unknown: ${unknown.join(', ').slice(0, 200)}; known: ${known.join(', ')}`;
}

/** The selected fields, and those that a valid `expand` adds. */
export function withExpansions(shape: Shape, fields: readonly string[] | undefined, value: string): readonly string[] {
  return [...new Set([...(fields ?? namesOf(shape)), ...value.split(',')])];
}
