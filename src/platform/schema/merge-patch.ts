import { validated } from './validate.js';

/**
 * Validates a JSON merge patch (RFC 7396). Null removes a member; a member that must have a value returns to its default.
 * @throws Fault VALIDATION_FAILED with every problem
 */
export function mergePatch<T extends object>(
  shape: new () => T,
  body: unknown,
  defaults: Readonly<Record<string, unknown>>,
): T {
  // A list is what `validated` refuses as no object. It takes no body for an empty one, but an empty patch says `{}`.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return validated(shape, []);
  const settled = Object.entries(body).map(([name, value]: [string, unknown]) => [
    name,
    value === null && Object.hasOwn(defaults, name) ? defaults[name] : value,
  ]);
  return validated(shape, Object.fromEntries(settled));
}

/** The names of the members that a merge patch resets. */
export function resetBy(body: unknown): ReadonlySet<string> {
  if (typeof body !== 'object' || body === null) return new Set();
  return new Set(Object.entries(body).flatMap(([name, value]: [string, unknown]) => (value === null ? [name] : [])));
}
