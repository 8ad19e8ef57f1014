import { invalid } from '../faults/fault.js';
import type { Shape } from './field.js';
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
