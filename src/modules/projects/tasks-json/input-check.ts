import { createScanner } from 'jsonc-parser';
import type { Sliced } from '../slices.js';
import type { FindingList, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import { isRawNumber } from './json-number.js';
import { describe, isObject } from './json-value.js';
import { limits } from './tasks-json.model.js';

/** The tokens that matter here; the enum of the library has no values under isolatedModules. */
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, string: 10, end: 17 };

/** How deep the tasks of a file lie. */
const SHALLOW = 3;

/** `u` counts a valid pair as one character, so this matches only lone surrogates. */
const loneSurrogate = /\p{Surrogate}/u;

function checkText(text: string, at: JsonLocation | null, findings: FindingList): void {
  if (text.includes('\0')) findings.problem(at, 'INVALID_TEXT', 'must not hold the character NUL');
  if (loneSurrogate.test(text)) findings.problem(at, 'INVALID_TEXT', 'must be Unicode: half a surrogate pair is not');
}

function checkNumber(value: number, at: JsonLocation | null, findings: FindingList): void {
  if (!Number.isFinite(value)) findings.problem(at, 'INVALID_NUMBER', 'is too large for a number');
}

/**
 * Checks every value of the file once, so that later code may recurse, print and store: no text that PostgreSQL
 * rejects, no number outside of JSON, and no nesting deeper than the call stack.
 * @returns false if the structure cannot be traversed and reading must stop
 */
export function* checkInput(root: unknown, findings: FindingList): Sliced<boolean> {
  const walk = { left: limits.values as number, isPossible: true };
  const refuse = (at: JsonLocation | null, code: 'TOO_DEEP' | 'TOO_LARGE' | 'NOT_JSON', message: string) => {
    walk.isPossible = false;
    findings.problem(at, code, message);
  };
  const visit = (value: unknown, at: JsonLocation | null, depth: number): void => {
    walk.left -= 1;
    if (walk.left < 0 || findings.isFull) return;
    if (typeof value === 'string') checkText(value, at, findings);
    else if (typeof value === 'number') checkNumber(value, at, findings);
    else if (isRawNumber(value)) checkNumber(Number(value.rawJSON), at, findings);
    else if (value === null || typeof value === 'boolean') return;
    else if (depth > limits.nesting) refuse(at, 'TOO_DEEP', `lies deeper than ${limits.nesting} levels`);
    else if (Array.isArray(value)) value.forEach((item, index) => visit(item, inside(at, index), depth + 1));
    else if (isObject(value)) {
      for (const key of Object.keys(value)) {
        checkText(key, inside(at, key), findings);
        visit(value[key], inside(at, key), depth + 1);
      }
    } else refuse(at, 'NOT_JSON', `${describe(value)} is not JSON`);
  };
  const isOver = (): boolean => walk.left < 0 || findings.isFull;
  yield* eachTask(root, { at: null, depth: 0, findings }, visit, isOver);
  if (walk.left < 0) refuse(null, 'TOO_LARGE', `has more than ${limits.values} values`);
  return walk.isPossible && !findings.isFull;
}

interface Position {
  readonly at: JsonLocation | null;
  readonly depth: number;
  readonly findings: FindingList;
}

/** Visits a file, its lists and their tasks: the work can be interrupted between tasks, and not inside of one. */
function* eachTask(
  value: unknown,
  { at, depth, findings }: Position,
  visit: (value: unknown, at: JsonLocation | null, depth: number) => void,
  isOver: () => boolean,
): Sliced<void> {
  yield;
  if (depth === SHALLOW || isOver() || !(Array.isArray(value) || isObject(value))) {
    visit(value, at, depth);
    return;
  }
  for (const key of Object.keys(value)) {
    const name = Array.isArray(value) ? Number(key) : key;
    const below = { at: inside(at, name), depth: depth + 1, findings };
    if (typeof name === 'string') checkText(name, below.at, findings);
    yield* eachTask((value as Readonly<Record<string, unknown>>)[key], below, visit, isOver);
  }
}

/**
 * Reports duplicate keys. A parser keeps only the last one, so a file with two `master` lists after a bad merge would
 * silently lose one. Only the text shows it. The text must be valid JSON of bounded depth.
 */
export function* checkKeys(text: string, findings: FindingList): Sliced<void> {
  const scanner = createScanner(text, true);
  const open: Container[] = [];
  let mayBeKey = false;
  for (let kind: number = scanner.scan(); kind !== token.end; kind = scanner.scan()) {
    const inner = open.at(-1);
    if (kind === token.string && mayBeKey && inner?.keys) {
      inner.at = scanner.getTokenValue();
      if (inner.keys.has(inner.at)) findings.problem(locationOf(open), 'DUPLICATE_KEY', 'is there twice');
      inner.keys.add(inner.at);
    }
    mayBeKey = kind === token.openBrace || kind === token.comma;
    if (kind === token.openBrace) open.push({ keys: new Set(), at: '' });
    else if (kind === token.openBracket) open.push({ keys: null, at: 0 });
    else if (kind === token.comma && typeof inner?.at === 'number') inner.at += 1;
    else if (kind === token.closeBrace || kind === token.closeBracket) {
      open.pop();
      yield;
    }
  }
}

/** An object with its keys so far or an array, and the key or index at which it is being read. */
interface Container {
  readonly keys: Set<string> | null;
  at: string | number;
}

function locationOf(open: readonly Container[]): JsonLocation | null {
  return open.reduce<JsonLocation | null>((up, { at }) => inside(up, at), null);
}
