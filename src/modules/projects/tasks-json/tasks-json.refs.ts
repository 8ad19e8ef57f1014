import { isRawNumber, plainNumber } from './json-number.js';
import type { Json } from './json-value.js';
import { limits } from './tasks-json.model.js';

/** Parses a reference such as `15.2.1`: the numbers of a task from the top level down. */
export function parseRef(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,10}(\.\d{1,10})*$/.test(trimmed)) return undefined;
  const numbers = trimmed.split('.').map(Number);
  if (numbers.some((number) => number < 1 || number > limits.number)) return undefined;
  // Leading zeros must not create a second name for the same task.
  return numbers.join('.');
}

/** Parses `HAM-12` or `ham12`, the way some tools display the number of a task. */
export function parseDisplayId(text: string): string | undefined {
  const match = /^[A-Za-z]+-?(\d{1,10})$/.exec(text.trim());
  return match?.[1] === undefined ? undefined : parseRef(match[1]);
}

export interface ReadRef {
  readonly ref: string;
  readonly isDisplayId: boolean;
}

/** The trailing zero of an id such as 5.10 exists only in the text. A JavaScript number has lost it. */
export function idOf(value: Json | undefined): Json | undefined {
  return isRawNumber(value) && /^\d+\.\d*0$/.test(value.rawJSON) ? value.rawJSON : plainNumber(value);
}

/** Accepts a number, its digits as a string, a dotted reference (also as a float), or a display id. */
export function readRef(written: Json | undefined): ReadRef | undefined {
  const value = idOf(written);
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const text = String(value);
  const ref = parseRef(text);
  if (ref !== undefined) return { ref, isDisplayId: false };
  const shown = parseDisplayId(text);
  return shown === undefined ? undefined : { ref: shown, isDisplayId: true };
}

export function isTopLevel(ref: string): boolean {
  return !ref.includes('.');
}

export function parentOf(ref: string): string | null {
  const dot = ref.lastIndexOf('.');
  return dot < 0 ? null : ref.slice(0, dot);
}

export function numberOf(ref: string): number {
  return Number(ref.slice(ref.lastIndexOf('.') + 1));
}

export function childOf(parent: string | null, number: number): string {
  return parent === null ? String(number) : `${parent}.${number}`;
}

/** Compares by number at each level: 2 before 10, and a task before its subtasks. */
export function compareRefs(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let level = 0; level < left.length && level < right.length; level += 1) {
    const difference = Number(left[level]) - Number(right[level]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function isAscending(refs: readonly string[]): boolean {
  return refs.every((ref, index) => index === 0 || compareRefs(refs[index - 1] ?? ref, ref) < 0);
}

/**
 * Recovers the trailing zeros that a dotted subtask id lost as a number: 5.1 may have been `5.1`, `5.10` or `5.100`.
 * The position among the siblings decides, then the number after the previous sibling, then the first free number.
 */
export function recoverSubtaskNumber(
  id: number,
  position: number,
  previous: number,
  taken: ReadonlySet<number>,
): number {
  const read = Number(String(id).split('.')[1]);
  const candidates = [1, 10, 100, 1000].map((power) => read * power);
  const likely =
    candidates.find((number) => number === position) ?? candidates.find((number) => number === previous + 1);
  if (likely !== undefined && !taken.has(likely)) return likely;
  return candidates.find((number) => !taken.has(number)) ?? read;
}
