import { canonicalNumber, isNumber, isRawNumber, isSameNumber } from './json-number.js';

/** JSON of unknown origin, so every access uses the functions below. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Map, Date and class instances are objects for typeof, but not JSON. */
export function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || (prototype === null && !isRawNumber(value));
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A plain `object[key]` also finds inherited names such as `constructor` and `__proto__`. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * Object.fromEntries stores a key named `__proto__` as data. An assignment would set the prototype and lose the value.
 */
export function objectOf(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries);
}

export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return objectOf(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Equal as JSON: the order of keys does not matter, the order of elements does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return isSameNumber(a, b);
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

function utf8Length(text: string): number {
  let length = 0;
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * Compares UTF-8 bytes, which is the order of code points. `<` compares UTF-16 and would put an emoji before U+FFFD.
 */
function comparePoints(a: string, b: string): number {
  const left = Array.from(a, (letter) => letter.codePointAt(0) ?? 0);
  const right = Array.from(b, (letter) => letter.codePointAt(0) ?? 0);
  const at = left.findIndex((point, index) => point !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The order in which jsonb stores keys: shorter first, then by bytes. */
function compareStored(a: string, b: string): number {
  return utf8Length(a) - utf8Length(b) || comparePoints(a, b);
}

function inStoredOrder(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(inStoredOrder);
  if (isRawNumber(value)) return canonicalNumber(value);
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort(compareStored);
  return objectOf(keys.map((key) => [key, inStoredOrder(value[key] ?? null)]));
}

/** The text of a value after a round trip through a jsonb column. */
export function storedText(value: Json): string {
  return JSON.stringify(inStoredOrder(value));
}

/** Describes a value in a message, with only a short excerpt of it. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isRawNumber(value)) return value.rawJSON.slice(0, 40);
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'undefined' ? 'nothing' : `a ${typeof value}`;
}
