import { Fault, invalid } from '../faults/fault.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * An id in a path.
 * @throws Fault VALIDATION_FAILED when it is not a UUID
 */
export function uuidParameter(name: string, value: string): string {
  if (UUID.test(value)) return value.toLowerCase();
  throw invalid([{ path: `path.${name}`, message: 'must be a UUID', code: 'INVALID_PARAMETER' }]);
}

/**
 * A text in a path, such as a project key: what does not have its form cannot exist.
 * @throws Fault NOT_FOUND
 */
export function textParameter(value: string, pattern: RegExp, what: string): string {
  if (pattern.test(value)) return value;
  throw new Fault('NOT_FOUND', `There is no such ${what}.`);
}
