import type { FieldProblem } from '../faults/fault.js';

const LONE_SURROGATE = /\p{Surrogate}/u;

export type JsonPath = readonly (string | number)[];

export const malformedValue = (path: string, message: string): FieldProblem => ({
  path,
  message,
  code: 'MALFORMED_VALUE',
});

/** Writes a path as problems do: `errors[3].contextData.user`. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part.slice(0, 100) : `${text}.${part.slice(0, 100)}`;
  }, '');
}

/** Why PostgreSQL could not store the text; null when it can. */
export function textFault(text: string): string | null {
  if (text.includes('\0')) return 'A text holds the character U+0000, which cannot be stored.';
  return LONE_SURROGATE.test(text) ? 'A text holds half of a surrogate pair.' : null;
}

/** Why the number is not the one that was sent; null when it is. */
export function numberFault(value: number, written = String(value)): string | null {
  const shown = written.slice(0, 40);
  if (!Number.isFinite(value)) return `The number ${shown} is out of range.`;
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return null;
  return `The number ${shown} cannot be represented exactly; send it as a string.`;
}

function scalarFault(value: unknown): string | null {
  if (typeof value === 'string') return textFault(value);
  return typeof value === 'number' ? numberFault(value) : null;
}

/** The first part of a JSON value that cannot be stored as it was sent. */
export function unstorable(value: unknown, path: JsonPath): FieldProblem | null {
  const fault = scalarFault(value);
  if (fault !== null) return malformedValue(pathText(path), fault);
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const wrong = textFault(key);
    const found = wrong === null ? unstorable(inner, at) : malformedValue(pathText(at), wrong);
    if (found) return found;
  }
  return null;
}

const marked = new WeakMap<object, FieldProblem>();

/** Notes what is wrong with one item of a body, so that the item is refused alone. The path starts at the item. */
export function markMalformed(item: object, problem: FieldProblem): void {
  if (!marked.has(item)) marked.set(item, problem);
}

export function malformedPart(item: object): FieldProblem | null {
  return marked.get(item) ?? null;
}
