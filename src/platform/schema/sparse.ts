import { invalid } from '../faults/fault.js';
import type { Shape } from './field.js';
import { fieldsOf } from './field.js';
import { propertiesOf } from './property.js';

function selected(parameter: string, known: readonly string[], value: string): readonly string[] {
  const wanted = value.split(',');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const message = `unknown: ${unknown.join(', ').slice(0, 200)}; known: ${known.join(', ')}`;
    throw invalid([{ path: `query.${parameter}`, message, code: 'INVALID_PARAMETER' }]);
  }
  return known.filter((name) => wanted.includes(name));
}

/**
 * The fields that `fields=` selects, in the order of the shape; undefined selects all.
 * @throws Fault VALIDATION_FAILED with the unknown names
 */
export function sparse(shape: Shape, value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const known = fieldsOf(shape).map((field) => field.name);
  return selected('fields', known, value);
}

/**
 * The related rows that `expand=` selects, in the order of the shape.
 * @throws Fault VALIDATION_FAILED with the unknown names
 */
export function expansions(shape: Shape, value: string): readonly string[] {
  return selected('expand', [...propertiesOf(shape).keys()], value);
}
