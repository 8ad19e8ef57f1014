/** Freezes a value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value) as unknown[]) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
