import { Fault, invalid } from '../faults/fault.js';
import { isUuid } from '../schema/uuid.js';

/**
 * An id in a path.
 * @throws Fault VALIDATION_FAILED when it is not a UUID
 */
export function uuidParameter(name: string, value: string): string {
  if (isUuid(value)) return value.toLowerCase();
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

function wrong(name: string, message: string): Fault {
  return invalid([{ path: `query.${name}`, message, code: 'INVALID_PARAMETER' }]);
}

/** An optional UUID in the query. @throws Fault VALIDATION_FAILED */
export function uuidQuery(name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  if (isUuid(value)) return value.toLowerCase();
  throw wrong(name, 'must be a UUID');
}

/** An optional text of a form in the query. @throws Fault VALIDATION_FAILED */
export function patternQuery(name: string, value: string | undefined, pattern: RegExp): string | null {
  if (value === undefined) return null;
  if (pattern.test(value)) return value;
  throw wrong(name, `must match ${pattern.source}`);
}

/** An optional true or false in the query, false when left out. @throws Fault VALIDATION_FAILED */
export function flagQuery(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw wrong(name, 'must be true or false');
}

/** An optional whole number in the query. @throws Fault VALIDATION_FAILED */
export function integerQuery(
  name: string,
  value: string | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback;
  if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
  throw wrong(name, `must be a whole number from ${min} to ${max}`);
}
